//! The settings of the Google workbook.

use super::parse::{complain, given, number, unread};
use super::{Complaint, Config, Given};
use crate::private;
use crate::words::{say, text};
use crate::workbook::sheets::{GOOGLE, Limits, SheetsConfig, is_safe};
use std::path::Path;
use std::time::Duration;

impl Given {
    /// Where the plant's workbook at Google is; `None` when the embedded one is meant.
    pub(super) fn google(&self, config: &Config) -> Result<Option<SheetsConfig>, Complaint> {
        let mut limits = Limits::default();
        if let Some(seconds) = number("SHEETS_REFRESH_SECONDS", &self.sheets_refresh_seconds, 1..=3_600)? {
            limits.refresh = Duration::from_secs(u64::from(seconds));
        }
        let url = given(&self.google_sheets_url).unwrap_or(GOOGLE);
        if !is_safe(url) {
            return Err(complain("GOOGLE_SHEETS_URL", url, text("allowed-url")));
        }
        let Some(spreadsheet) = given(&self.google_sheet_id) else { return Ok(None) };
        let (spreadsheet, url) = (spreadsheet.to_owned(), url.to_owned());
        let (credentials, names, data) = (self.credentials()?, config.sheets.clone(), config.data.clone());
        Ok(Some(SheetsConfig { spreadsheet, credentials, url, names, share: None, data, limits }))
    }

    /// The JSON of the service account, from the variable or from the file that one names.
    fn credentials(&self) -> Result<String, Complaint> {
        let (file, json) = ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS_JSON");
        match (given(&self.google_application_credentials), given(&self.google_application_credentials_json)) {
            (None, Some(json)) => Ok(json.to_owned()),
            (Some(path), None) => private::read(Path::new(path)).map_err(|error| {
                say("setting-account-unread").with("variable", file).with("value", path).with("why", unread(&error)).into()
            }),
            (Some(_), Some(_)) => Err(say("setting-account-twice").with("file", file).with("json", json).into()),
            (None, None) => {
                let said = say("setting-account-missing").with("sheet", "GOOGLE_SHEET_ID");
                Err(said.with("file", file).with("json", json).into())
            }
        }
    }
}
