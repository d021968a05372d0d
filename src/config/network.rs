//! The settings of how the program is reached: https, and proxies in front of it.

use super::Complaint;
use super::parse::{complain, given, unread};
use crate::web::came::Net;
use crate::web::server::{BadPair, Front, Tls};
use crate::words::{say, text};
use clap::Args;
use std::path::Path;
use std::sync::Arc;

/// The settings as they were given.
#[derive(Args, Clone, Default)]
#[group(id = "red")]
pub(super) struct Given {
    #[arg(long = "tls-cert", help = text("option-certificate"), env = "SPOOLBOARD_TLS_CERT", hide_env_values = true, value_name = text("value-file"), global = true)]
    pub(super) tls_cert: Option<String>,
    #[arg(long = "tls-key", help = text("option-key"), env = "SPOOLBOARD_TLS_KEY", hide_env_values = true, value_name = text("value-file"), global = true)]
    pub(super) tls_key: Option<String>,
    #[arg(
        long = "trusted-proxy", help = text("option-proxies"),
        env = "SPOOLBOARD_TRUSTED_PROXY",
        hide_env_values = true,
        value_name = text("value-networks"),
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
                Err(bad) => {
                    let (certificate, key) = (format!("{cert}={certificate}"), format!("{key}={secret}"));
                    Err(say("setting-pair").with("certificate", certificate).with("key", key).with("why", of_pair(&bad)).into())
                }
            },
            (Some(_), None) => Err(say("setting-half-pair").with("variable", cert).with("other", key).into()),
            (None, Some(_)) => Err(say("setting-half-pair").with("variable", key).with("other", cert).into()),
        }
    }

    fn proxies(&self) -> Result<Arc<[Net]>, Complaint> {
        let Some(value) = given(&self.trusted_proxy) else { return Ok(Arc::default()) };
        let nets: Result<Vec<Net>, ()> = value.split(',').map(|net| net.trim().parse()).collect();
        nets.map(Arc::from).map_err(|()| complain("SPOOLBOARD_TRUSTED_PROXY", value, text("allowed-proxies")))
    }
}

/// Why two files are no certificate with its key.
fn of_pair(bad: &BadPair) -> String {
    match bad {
        BadPair::File { path, source } => format!("{}: {}", path.display(), unread(source)),
        BadPair::Pem { path, .. } => say("setting-no-pem").with("file", path.display()).into(),
        BadPair::Pair(why) => say("setting-no-pair").with("why", why).into(),
    }
}
