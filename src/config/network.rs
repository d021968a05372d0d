//! The settings of how the program is reached: https, and proxies in front of it.

use super::Complaint;
use super::parse::{complain, given};
use crate::web::came::Net;
use crate::web::server::{Front, Tls};
use clap::Args;
use std::path::Path;
use std::sync::Arc;

/// The settings as they were given.
#[derive(Args, Clone, Default)]
#[group(id = "red")]
pub(super) struct Given {
    /// Certificado PEM con su cadena; con él se atiende por https
    #[arg(long = "tls-cert", env = "SPOOLBOARD_TLS_CERT", hide_env_values = true, value_name = "ARCHIVO", global = true)]
    pub(super) tls_cert: Option<String>,
    /// Clave PEM de ese certificado
    #[arg(long = "tls-key", env = "SPOOLBOARD_TLS_KEY", hide_env_values = true, value_name = "ARCHIVO", global = true)]
    pub(super) tls_key: Option<String>,
    /// Direcciones o redes, separadas por comas, de los proxies a los que se les cree quién llama
    #[arg(
        long = "trusted-proxy",
        env = "SPOOLBOARD_TRUSTED_PROXY",
        hide_env_values = true,
        value_name = "IP,RED",
        global = true
    )]
    pub(super) trusted_proxy: Option<String>,
}

impl Given {
    /// How the program is reached.
    pub(super) fn front(&self) -> Result<Front, Complaint> {
        Ok(Front { tls: self.tls()?, proxies: self.proxies()? })
    }

    fn tls(&self) -> Result<Option<Tls>, Complaint> {
        let (cert, key) = ("SPOOLBOARD_TLS_CERT", "SPOOLBOARD_TLS_KEY");
        match (given(&self.tls_cert), given(&self.tls_key)) {
            (None, None) => Ok(None),
            (Some(certificate), Some(secret)) => match Tls::read(Path::new(certificate), Path::new(secret)) {
                Ok(tls) => Ok(Some(tls)),
                Err(bad) => Err(Complaint(format!(
                    "{cert}={certificate} y {key}={secret} no se pueden usar ({bad}): se admiten dos archivos PEM, el certificado con su cadena y su clave, y la clave sin permisos para otros"
                ))),
            },
            (Some(_), None) => Err(Complaint(format!("{cert} está definida y falta {key}: define las dos o ninguna"))),
            (None, Some(_)) => Err(Complaint(format!("{key} está definida y falta {cert}: define las dos o ninguna"))),
        }
    }

    fn proxies(&self) -> Result<Arc<[Net]>, Complaint> {
        let Some(text) = given(&self.trusted_proxy) else { return Ok(Arc::default()) };
        let nets: Result<Vec<Net>, ()> = text.split(',').map(|net| net.trim().parse()).collect();
        let allowed = "direcciones IP o redes separadas por comas, como 127.0.0.1,10.0.0.0/8; ninguna las puede abarcar todas";
        nets.map(Arc::from).map_err(|()| complain("SPOOLBOARD_TRUSTED_PROXY", text, allowed))
    }
}
