//! What Google answers when it refuses: one JSON shape for every method.
//! Document: <https://cloud.google.com/apis/design/errors>; recordings: `burnash/gspread`, `tests/cassettes`.

use serde_json::{Value, json};

/// A refusal with its status, its canonical name and its sentence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pub(crate) status: &'static str,
    pub(crate) message: String,
    pub(crate) details: Option<Value>,
}

/// What a call yields.
pub(crate) type Answer<T = Value> = Result<T, Refusal>;

impl Refusal {
    /// A refusal without details.
    pub(crate) fn new(code: u16, status: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { code, status, message: message.into(), details: None }
    }

    /// 400: the request is wrong.
    pub(crate) fn invalid(message: impl Into<String>) -> Refusal {
        Refusal::new(400, "INVALID_ARGUMENT", message)
    }

    /// 400 for a field of the body, with the violation repeated in the details as Google does.
    /// Recording: `WorksheetTest.test_add_validation.json`.
    pub(crate) fn field(field: &str, message: String) -> Refusal {
        let violation = json!({"field": field, "description": message});
        let details = json!([{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}]);
        Refusal { details: Some(details), ..Refusal::invalid(message) }
    }

    /// 403: not shared with the caller. Recording: `ClientTest.test_access_private_spreadsheet.json`.
    pub(crate) fn forbidden() -> Refusal {
        Refusal::new(403, "PERMISSION_DENIED", "The caller does not have permission")
    }

    /// 404: no such workbook. Recording: `ClientTest.test_access_non_existing_spreadsheet.json`.
    pub(crate) fn unknown() -> Refusal {
        Refusal::new(404, "NOT_FOUND", "Requested entity was not found.")
    }

    /// 400: nobody but the editors may touch a protected cell.
    pub(crate) fn protected() -> Refusal {
        Refusal::invalid(
            "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection if you need to edit.",
        )
    }

    /// The same refusal, saying which part of the request it is about.
    pub(crate) fn within(mut self, place: &str) -> Refusal {
        if self.code == 400 && !self.message.starts_with("Invalid ") {
            self.message = format!("Invalid {place}: {}", self.message);
        }
        self
    }

    /// The body as Google writes it.
    pub(crate) fn body(&self) -> Value {
        let mut error = json!({"code": self.code, "message": self.message, "status": self.status});
        if let Some(details) = &self.details {
            error["details"] = details.clone();
        }
        json!({ "error": error })
    }
}
