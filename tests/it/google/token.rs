//! The token endpoint and bearers.
//! Document: <https://developers.google.com/identity/protocols/oauth2/service-account#httprest>.

use super::{Caller, blank};
use crate::stand_in::{ACCOUNT, Fault, On};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

fn claims(caller: &Caller) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let scope = "https://www.googleapis.com/auth/spreadsheets";
    json!({"iss": ACCOUNT, "scope": scope, "aud": caller.google.token_uri(), "iat": now, "exp": now + 3_600})
}

fn signed(caller: &Caller, claims: &Value) -> String {
    let key: Value = serde_json::from_str(&caller.google.credentials()).unwrap();
    let pem = key["private_key"].as_str().unwrap();
    let inner: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let pair = RsaKeyPair::from_pkcs8(&STANDARD.decode(inner).unwrap()).unwrap();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&json!({"alg": "RS256", "typ": "JWT"})), part(claims));
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

async fn ask(caller: &Caller, grant: &str, assertion: &str) -> (u16, Value) {
    let form = [("grant_type", grant), ("assertion", assertion)];
    let response = caller.http.post(caller.google.token_uri()).form(&form).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_signed_assertion_buys_a_token_that_works_for_an_hour() {
    let mut caller = Caller::with(blank(5, 5)).await;
    let (status, reply) = ask(&caller, GRANT, &signed(&caller, &claims(&caller))).await;
    assert_eq!((status, &reply["expires_in"], &reply["token_type"]), (200, &json!(3599), &json!("Bearer")));
    caller.token = reply["access_token"].as_str().unwrap().to_owned();
    assert_eq!(caller.get("", &[]).await.0, 200);
    caller.google.advance(Duration::from_secs(3_600));
    let (status, reply) = caller.get("", &[]).await;
    assert_eq!((status, &reply["error"]["status"]), (401, &json!("UNAUTHENTICATED")));
    caller.token = "invented".into();
    let (status, reply) = caller.get("", &[]).await;
    assert_eq!(status, 401);
    assert!(
        reply["error"]["message"].as_str().unwrap().starts_with("Request had invalid authentication credentials."),
        "{reply}"
    );
}

#[tokio::test]
async fn a_wrong_assertion_is_refused_for_what_is_wrong_with_it() {
    let caller = Caller::with(blank(5, 5)).await;
    let with = |name: &str, value: Value| {
        let mut claims = claims(&caller);
        claims[name] = value;
        signed(&caller, &claims)
    };
    let mut forged = signed(&caller, &claims(&caller));
    forged.replace_range(forged.len() - 8..forged.len() - 4, "AAAA");
    for (assertion, error, sentence) in [
        (with("aud", json!("https://example.com/token")), "invalid_grant", "Invalid JWT: Failed audience check."),
        (with("exp", json!(1_700_000_000)), "invalid_grant", "Invalid JWT: Token must be a short-lived token"),
        (with("iss", json!("nadie@example.com")), "invalid_grant", "Invalid grant: account not found"),
        (with("scope", json!("")), "invalid_scope", "Invalid OAuth scope"),
        (forged, "invalid_grant", "Invalid JWT Signature."),
        ("nonsense".into(), "invalid_grant", "Invalid JWT: Failed to parse"),
    ] {
        let (status, reply) = ask(&caller, GRANT, &assertion).await;
        assert_eq!((status, &reply["error"]), (400, &json!(error)), "{reply}");
        assert!(reply["error_description"].as_str().unwrap().starts_with(sentence), "{reply}");
    }
    assert_eq!(ask(&caller, "password", "x").await.1["error"], "unsupported_grant_type");
}

#[tokio::test]
async fn a_token_does_only_what_its_scope_says() {
    let mut caller = Caller::with(blank(5, 5)).await;
    let mut claims = claims(&caller);
    claims["scope"] = json!("https://www.googleapis.com/auth/spreadsheets.readonly");
    let (_, reply) = ask(&caller, GRANT, &signed(&caller, &claims)).await;
    caller.token = reply["access_token"].as_str().unwrap().to_owned();
    assert_eq!(caller.get("", &[]).await.0, 200);
    let (status, reply) = caller.put("A1", "RAW", json!([["x"]])).await;
    assert_eq!((status, &reply["error"]["details"][0]["reason"]), (403, &json!("ACCESS_TOKEN_SCOPE_INSUFFICIENT")));
}

#[tokio::test]
async fn the_token_endpoint_can_fail_on_its_own() {
    let caller = Caller::with(blank(5, 5)).await;
    caller.google.fail(On::Tokens, Fault::Unavailable);
    let assertion = signed(&caller, &claims(&caller));
    assert_eq!(ask(&caller, GRANT, &assertion).await.0, 503);
    assert_eq!(caller.get("", &[]).await.0, 200, "calls with a token still work");
    assert_eq!(ask(&caller, GRANT, &assertion).await.0, 200);
}
