//! What a form or an address says, parsed at the edge: inside there are only domain types. Each
//! wrong field is one sentence that names it.

use crate::domain::{Operation, WorkerId};
use crate::web::failure::Failure;
use axum::http::StatusCode;
use chrono::NaiveDate;
use uuid::Uuid;

/// The pairs of a form or of an address, as sent.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(transparent)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of a field, trimmed; `None` when it is absent or empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values(name).find(|value| !value.is_empty())
    }

    /// Every value of a field that may come more than once.
    pub(super) fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.trim())
    }

    /// `trabajador`.
    pub(super) fn worker(&self) -> Result<WorkerId, Failure> {
        let number = self.text("trabajador").and_then(|text| text.parse().ok());
        number.and_then(WorkerId::new).ok_or_else(|| wrong("Falta el trabajador (campo «trabajador»). Elige tu nombre otra vez."))
    }

    /// `operacion`, if there is one.
    pub(super) fn operation(&self) -> Result<Option<Operation>, Failure> {
        let read = |text| {
            Operation::read(text).ok_or_else(|| {
                wrong("La operación (campo «operacion») debe ser ARM, SOLD, METROLOGIA o REPARACION. Actualiza la lista.")
            })
        };
        self.text("operacion").map(read).transpose()
    }

    /// `id_operacion`: a UUID4 made when the form was rendered; a new one for a form without it.
    pub(super) fn id(&self) -> Result<Uuid, Failure> {
        self.uuid("id_operacion").map(|id| id.unwrap_or_else(Uuid::new_v4))
    }

    /// A field that holds a UUID.
    pub(super) fn uuid(&self, name: &str) -> Result<Option<Uuid>, Failure> {
        let read = |text: &str| {
            Uuid::parse_str(text).map_err(|_| wrong(format!("El campo «{name}» no es un identificador. Actualiza la lista.")))
        };
        self.text(name).map(read).transpose()
    }

    /// `fecha`, as the tablet's calendar writes it or as the plant does.
    pub(super) fn date(&self) -> Result<Option<NaiveDate>, Failure> {
        let read = |text: &str| {
            NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .or_else(|_| NaiveDate::parse_from_str(text, "%d-%m-%Y"))
                .map_err(|_| wrong("La fecha (campo «fecha») debe ser un día como 31-12-2026. Elige la fecha otra vez."))
        };
        self.text("fecha").map(read).transpose()
    }

    /// `motivo`; of "otro" what was typed into `otro`.
    pub(super) fn reason(&self) -> Result<Option<String>, Failure> {
        let reason = match self.text("motivo") {
            Some("otro") => self.text("otro").or(Some("otro")),
            reason => reason,
        };
        match reason {
            Some(long) if long.chars().count() > 200 => {
                Err(wrong("El motivo (campo «motivo») admite hasta 200 letras. Acórtalo y pausa otra vez."))
            }
            reason => Ok(reason.map(str::to_owned)),
        }
    }
}

/// A request that names something wrongly.
pub(super) fn wrong(message: impl Into<String>) -> Failure {
    Failure { status: StatusCode::BAD_REQUEST, code: "VALIDACION", message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    #[test]
    fn each_wrong_field_is_a_sentence_that_names_it() {
        let wrong = fields(&[("trabajador", "MR(93)"), ("operacion", "PINTURA"), ("id_operacion", "7"), ("fecha", "ayer")]);
        for (field, failure) in [
            ("trabajador", wrong.worker().unwrap_err()),
            ("operacion", wrong.operation().unwrap_err()),
            ("id_operacion", wrong.id().unwrap_err()),
            ("fecha", wrong.date().unwrap_err()),
        ] {
            assert_eq!(failure.status, StatusCode::BAD_REQUEST);
            assert!(failure.message.contains(&format!("«{field}»")), "{}", failure.message);
        }
    }

    #[test]
    fn a_date_is_read_as_the_calendar_or_as_the_plant_writes_it() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 20);
        assert_eq!(fields(&[("fecha", "2026-01-20")]).date().unwrap(), day);
        assert_eq!(fields(&[("fecha", " 20-01-2026 ")]).date().unwrap(), day);
        assert_eq!(fields(&[("fecha", "")]).date().unwrap(), None);
    }

    #[test]
    fn another_reason_is_what_was_typed() {
        assert_eq!(fields(&[("motivo", "otro"), ("otro", "Lluvia")]).reason().unwrap().as_deref(), Some("Lluvia"));
        assert_eq!(fields(&[("motivo", "otro"), ("otro", " ")]).reason().unwrap().as_deref(), Some("otro"));
        assert_eq!(fields(&[("motivo", "máquina")]).reason().unwrap().as_deref(), Some("máquina"));
        assert_eq!(fields(&[]).reason().unwrap(), None);
    }
}
