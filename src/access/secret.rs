//! Secrets: how they are made, and what is kept of them.

use super::Denied;
use crate::error::Cause;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// The fewest bytes of `SPOOLBOARD_SECRET`.
pub const LEAST: usize = 32;

/// How many passwords are looked at at once, and how long one waits for his turn.
const AT_ONCE: usize = 2;
const TURN: Duration = Duration::from_secs(5);

/// `SPOOLBOARD_SECRET`: signs cookies, peppers passwords. It is never printed.
#[derive(Clone)]
pub struct Secret(Arc<[u8]>);

impl Secret {
    /// `None` when it is shorter than [`LEAST`] bytes.
    pub fn new(text: &str) -> Option<Secret> {
        (text.len() >= LEAST).then(|| Secret(text.as_bytes().into()))
    }

    /// What cookies are signed with.
    pub(crate) fn cookies(&self) -> cookie::Key {
        cookie::Key::derive_from(&self.0)
    }

    /// What goes into every hash of a password beside the password.
    fn pepper(&self) -> Vec<u8> {
        Sha256::new_with_prefix(b"spoolboard pepper\0").chain_update(&self.0).finalize().to_vec()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// So many random bytes, as hexadecimal digits.
///
/// # Errors
/// The system has none.
pub(super) fn random<const BYTES: usize>() -> Result<String, Cause> {
    Ok(hex(&bytes::<BYTES>()?))
}

pub(super) fn bytes<const BYTES: usize>() -> Result<[u8; BYTES], Cause> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// What is kept of a secret that nobody chose.
pub fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Looks at passwords and PINs, a few at a time and beside the threads that answer requests.
pub(super) struct Hasher {
    pepper: Arc<[u8]>,
    turns: Arc<Semaphore>,
    /// What a name that nobody has is compared with, so that it takes as long.
    nobody: String,
}

impl Hasher {
    /// # Errors
    /// The system has no random bytes.
    pub(super) fn new(secret: &Secret) -> Result<Hasher, Cause> {
        let pepper: Arc<[u8]> = secret.pepper().into();
        let nobody = hashed(&pepper, &random::<32>()?)?;
        Ok(Hasher { pepper, turns: Arc::new(Semaphore::new(AT_ONCE)), nobody })
    }

    /// What is kept of a password.
    pub(super) async fn hash(&self, password: &str) -> Result<String, Denied> {
        let (pepper, password) = (Arc::clone(&self.pepper), password.to_owned());
        Ok(self.in_turn(move || hashed(&pepper, &password)).await??)
    }

    /// Whether a password is the one of which `kept` was kept; of nobody's it never is.
    pub(super) async fn fits(&self, password: &str, kept: Option<&str>) -> Result<bool, Denied> {
        let (pepper, password) = (Arc::clone(&self.pepper), password.to_owned());
        let (known, kept) = (kept.is_some(), kept.unwrap_or(&self.nobody).to_owned());
        let fits = move || {
            let kept = PasswordHash::new(&kept).map_err(|error| error.to_string())?;
            Ok::<_, Cause>(argon(&pepper)?.verify_password(password.as_bytes(), &kept).is_ok())
        };
        Ok(self.in_turn(fits).await?? && known)
    }

    async fn in_turn<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Denied> {
        let turn = timeout(TURN, Arc::clone(&self.turns).acquire_owned()).await.map_err(|_| Denied::Busy)?;
        let turn = turn.map_err(|_| Denied::Busy)?;
        let job = move || {
            // Held until the work is done, whether or not anybody still waits for it.
            let _turn = turn;
            job()
        };
        tokio::task::spawn_blocking(job).await.map_err(|error| Denied::Away(error.into()))
    }
}

/// argon2id with 19 MiB, two passes and one lane.
fn argon(pepper: &[u8]) -> Result<Argon2<'_>, Cause> {
    let params = Params::new(19_456, 2, 1, None).map_err(|error| error.to_string())?;
    Ok(Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params).map_err(|error| error.to_string())?)
}

fn hashed(pepper: &[u8], password: &str) -> Result<String, Cause> {
    Ok(argon(pepper)?.hash_password(password.as_bytes()).map_err(|error| error.to_string())?.to_string())
}
