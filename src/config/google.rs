//! The settings of the Google workbook.

use super::parse::{complain, given, number};
use super::{Complaint, Config, Given};
use crate::private;
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
            return Err(complain("GOOGLE_SHEETS_URL", url, "una dirección https, o http en este mismo equipo"));
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
            (None, Some(text)) => Ok(text.to_owned()),
            (Some(path), None) => private::read(Path::new(path)).map_err(|error| {
                Complaint(format!(
                    "{file}={path} no se puede leer ({error}): se admite el archivo JSON de una cuenta de servicio"
                ))
            }),
            (Some(_), Some(_)) => Err(Complaint(format!("{file} y {json} están definidas las dos: deja solo una"))),
            (None, None) => Err(Complaint(format!(
                "GOOGLE_SHEET_ID está definida, y falta la cuenta de servicio: define {file} (un archivo) o {json}"
            ))),
        }
    }
}
