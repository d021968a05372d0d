use super::*;
use crate::web::pages;
use crate::words::tests::refusals;
use axum::http::header::CONTENT_TYPE;

#[test]
fn g15_every_refusal_has_its_status_and_code() {
    for (refusal, status, code, _) in refusals() {
        let failure = Failure::from(&Error::from(refusal.clone()));
        assert_eq!((failure.status.as_u16(), failure.code), (status, code), "{refusal:?}");
        assert_eq!(failure.retry_after(), None);
    }
}

#[test]
fn what_may_pass_says_when_to_try_again_and_a_bug_does_not() {
    for (error, status, code) in [
        (Error::Conflict, 409, "VERSION_CONFLICT"),
        (Error::unavailable(Service::Workbook, "x"), 503, "SHEETS_NO_DISPONIBLE"),
        (Error::unavailable(Service::Locks, "x"), 503, "REDIS_NO_DISPONIBLE"),
        (Error::Withdrawn, 503, "SHEETS_TIMEOUT"),
        (Error::OutcomeUnknown, 503, "RESULTADO_DESCONOCIDO"),
        (Error::Internal("x".into()), 500, "ERROR_INTERNO"),
    ] {
        let failure = Failure::from(&error);
        assert_eq!((failure.status.as_u16(), failure.code), (status, code));
        assert_eq!(failure.json().headers().contains_key(RETRY_AFTER), status == 503, "{code}");
    }
}

#[test]
fn programs_are_told_in_json_whoever_tells_them() {
    let failure = Failure::from(Fault::TooMany);
    let asker = pages::Asker { htmx: false };
    for (path, kind) in [
        ("/api", "application/json"),
        ("/api/", "application/json"),
        ("/api/spools", "application/json"),
        ("/apio", "text/html; charset=utf-8"),
        ("/historial/api/", "text/html; charset=utf-8"),
    ] {
        for face in [failure.for_path(path), pages::told(failure.clone(), path, asker)] {
            assert_eq!(face.headers()[CONTENT_TYPE], kind, "{path}");
        }
    }
}

#[test]
fn whatever_sentence_sends_somebody_to_the_list_comes_with_the_button_for_it() {
    let refused = refusals().into_iter().map(|(refusal, ..)| Error::from(refusal));
    let id = Refusal::UnknownSpool { asked: "0123456789abcdef".into() };
    let mut said = 0;
    for error in refused.chain([Error::Conflict, Error::OutcomeUnknown, Error::Withdrawn, id.into()]) {
        let failure = Failure::from(&error);
        let says = failure.message.contains("ctualiza la lista");
        assert!(!failure.message.contains("ctualiza la página"), "no button does that: {}", failure.message);
        // Whoever does not have a spool any more may see that on his card; his list is old all the same.
        assert!(says == failure.stale || failure.code == "LOCK_EXPIRED" && failure.stale, "{}", failure.message);
        said += usize::from(says);
    }
    assert!(said > 5, "{said}");
}

#[test]
fn a_page_holds_no_markup_of_a_caller() {
    let failure =
        Failure { status: StatusCode::NOT_FOUND, code: "X", message: "<script>«a&b»".into(), wait: None, stale: false };
    let page = Page { site: &Site::default(), failure: &failure, again: false }.render().unwrap();
    assert!(!page.contains("<script>«") && page.contains("«a&#38;b»"), "{page}");
    assert_eq!(failure.for_path("/x").headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(failure.for_path("/api/x").headers()[CONTENT_TYPE], "application/json");
}
