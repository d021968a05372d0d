//! The token endpoint, and who a bearer is.
//! Document: <https://developers.google.com/identity/protocols/oauth2/service-account#httprest>.

use super::refusal::{Answer, Refusal};
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Some clients pad the parts of an assertion and some do not; Google takes both.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&URL_SAFE, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

const SHEETS: &str = "https://www.googleapis.com/auth/spreadsheets";

/// The key of every service account here: made anew for each run, so that none lies in the repository.
fn key() -> &'static (String, Vec<u8>) {
    static KEY: OnceLock<(String, Vec<u8>)> = OnceLock::new();
    KEY.get_or_init(|| {
        let arguments = ["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
        let made = Command::new("openssl").args(arguments).output().expect("openssl is missing; `tests/run` installs it");
        let pem = String::from_utf8(made.stdout).expect("a key in PEM");
        let inner: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let pair = RsaKeyPair::from_pkcs8(&STANDARD.decode(inner).expect("a key in PEM")).expect("openssl made a key");
        (pem, pair.public_key().as_ref().to_vec())
    })
}

/// The JSON file of a service account, as the console of Google Cloud gives it out.
pub(crate) fn service_account(email: &str, token_uri: &str) -> Json {
    json!({
        "type": "service_account",
        "project_id": "taller-inventado",
        "private_key_id": "0000000000000000000000000000000000000000",
        "private_key": key().0,
        "client_email": email,
        "client_id": "100000000000000000000",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": token_uri,
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": "https://www.googleapis.com/robot/v1/metadata/x509/invented",
        "universe_domain": "googleapis.com",
    })
}

/// A token that was given out.
#[derive(Debug, Clone)]
struct Granted {
    email: String,
    scopes: Vec<String>,
    until: Duration,
}

/// What a call may do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bearer {
    pub(crate) email: String,
    pub(crate) writes: bool,
}

/// The accounts that exist and the tokens that were given out.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) accounts: Vec<String>,
    pub(crate) lifetime: Duration,
    granted: BTreeMap<String, Granted>,
    count: u64,
}

impl Default for Tokens {
    fn default() -> Tokens {
        Tokens { accounts: Vec::new(), lifetime: Duration::from_secs(3_599), granted: BTreeMap::new(), count: 0 }
    }
}

/// A refusal of the token endpoint, which has a shape of its own.
fn oauth(error: &str, description: &str) -> (u16, Json) {
    (400, json!({"error": error, "error_description": description}))
}

impl Tokens {
    /// Answers a POST of the token endpoint.
    pub(crate) fn exchange(&mut self, form: &[(String, String)], own: &str, now: Duration) -> (u16, Json) {
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match field("grant_type") {
            Some("urn:ietf:params:oauth:grant-type:jwt-bearer") => {}
            None => return oauth("invalid_request", "Required parameter is missing: grant_type"),
            Some(other) => return oauth("unsupported_grant_type", &format!("Invalid grant_type: {other}")),
        }
        let Some(assertion) = field("assertion") else {
            return oauth("invalid_request", "Required parameter is missing: assertion");
        };
        match self.verify(assertion, own) {
            Err((error, description)) => oauth(error, description),
            Ok((email, scopes)) => {
                let token = self.grant(&email, scopes, now);
                (200, json!({"access_token": token, "expires_in": self.lifetime.as_secs(), "token_type": "Bearer"}))
            }
        }
    }

    /// Gives out a token without asking for an assertion.
    pub(crate) fn grant(&mut self, email: &str, scopes: Vec<String>, now: Duration) -> String {
        self.count += 1;
        let token = format!("ya29.c.invented-{:06}", self.count);
        self.granted.insert(token.clone(), Granted { email: email.to_owned(), scopes, until: now + self.lifetime });
        token
    }

    /// A token for everything that Sheets can do.
    pub(crate) fn grant_all(&mut self, email: &str, now: Duration) -> String {
        self.grant(email, vec![SHEETS.to_owned()], now)
    }

    /// Makes every token given out so far worthless.
    pub(crate) fn revoke(&mut self) {
        self.granted.clear();
    }

    /// Who sends this `Authorization` header.
    pub(crate) fn bearer(&self, header: Option<&str>, now: Duration) -> Answer<Bearer> {
        let see = "Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";
        let unknown = |start: &str| Refusal::new(401, "UNAUTHENTICATED", format!("{start} {see}"));
        let Some(token) = header.and_then(|header| header.strip_prefix("Bearer ")) else {
            return Err(unknown("Request is missing required authentication credential."));
        };
        let granted = self.granted.get(token).filter(|granted| now < granted.until);
        let granted = granted.ok_or_else(|| unknown("Request had invalid authentication credentials."))?;
        let has = |scope: &str| {
            granted.scopes.iter().any(|granted| granted == scope || granted == &scope.replace("spreadsheets", "drive"))
        };
        let (writes, reads) = (has(SHEETS), has(SHEETS) || has(&format!("{SHEETS}.readonly")));
        if !reads {
            return Err(insufficient());
        }
        Ok(Bearer { email: granted.email.clone(), writes })
    }

    fn verify(&self, assertion: &str, own: &str) -> Result<(String, Vec<String>), (&'static str, &'static str)> {
        let malformed = ("invalid_grant", "Invalid JWT: Failed to parse");
        let parts: Vec<&str> = assertion.split('.').collect();
        let [header, claims, signature] = parts[..] else { return Err(malformed) };
        let json = |part: &str| LENIENT.decode(part).ok().and_then(|bytes| serde_json::from_slice::<Json>(&bytes).ok());
        let (head, body) = (json(header).ok_or(malformed)?, json(claims).ok_or(malformed)?);
        let email = body["iss"].as_str().unwrap_or_default().to_owned();
        if !self.accounts.contains(&email) {
            return Err(("invalid_grant", "Invalid grant: account not found"));
        }
        let signed = format!("{header}.{claims}");
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key().1);
        let signature = LENIENT.decode(signature).map_err(|_| malformed)?;
        if head["alg"] != "RS256" || public.verify(signed.as_bytes(), &signature).is_err() {
            return Err(("invalid_grant", "Invalid JWT Signature."));
        }
        // Clients name Google's own endpoint here, whatever address they post to.
        let known = ["https://oauth2.googleapis.com/token", "https://www.googleapis.com/oauth2/v4/token", own];
        if !known.contains(&body["aud"].as_str().unwrap_or_default()) {
            return Err((
                "invalid_grant",
                "Invalid JWT: Failed audience check. The right audience is https://oauth2.googleapis.com/token",
            ));
        }
        let (from, until) = (body["iat"].as_i64().unwrap_or(0), body["exp"].as_i64().unwrap_or(0));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64);
        if until <= now || from > now + 300 || until - from > 3_600 {
            let sentence = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.";
            return Err(("invalid_grant", sentence));
        }
        let scopes: Vec<String> = body["scope"].as_str().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        if scopes.is_empty() {
            return Err(("invalid_scope", "Invalid OAuth scope or ID token audience provided."));
        }
        Ok((email, scopes))
    }
}

/// 403: the token is good, but not for this.
pub(crate) fn insufficient() -> Refusal {
    let details = json!([{
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"service": "sheets.googleapis.com"},
    }]);
    let refusal = Refusal::new(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.");
    Refusal { details: Some(details), ..refusal }
}
