use super::*;

#[test]
fn without_any_setting_the_defaults_stand() {
    let config = Given::default().check().unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8000");
    assert_eq!((config.data.to_str(), config.zone), (Some("data"), chrono_tz::America::Santiago));
    assert_eq!(config.rules.occupation_max, Some(Duration::hours(12)));
    assert!(!config.open && config.without_effect.is_empty());
}

#[test]
fn an_empty_variable_is_an_unset_one() {
    let given = Given { redis_url: Some(" ".into()), google_sheet_id: Some(String::new()), ..Given::default() };
    assert!(given.check().is_ok());
}

#[test]
fn zero_hours_are_never_and_zero_cycles_no_limit() {
    let zero = || Some("0".to_owned());
    let config = Given { occupation_max_hours: zero(), repair_max_cycles: zero(), ..Given::default() }.check().unwrap();
    assert_eq!((config.rules.occupation_max, config.rules.repair_max_cycles), (None, 0));
}

#[test]
fn outside_of_loopback_somebody_must_have_decided_who_may_act() {
    let outside = |access: Option<&str>| {
        Given { listen: Some("0.0.0.0:8000".into()), access: access.map(Into::into), ..Given::default() }.check()
    };
    assert!(outside(None).unwrap_err().to_string().starts_with("SPOOLBOARD_ACCESS"));
    assert!(outside(Some("open")).unwrap().open);
}

#[test]
fn h4_a_lock_on_the_door_wants_a_secret_and_open_is_a_word_that_somebody_wrote() {
    let with = |access: &str, secret: Option<&str>| {
        let listen = Some("0.0.0.0:8000".into());
        Given { listen, access: Some(access.into()), secret: secret.map(Into::into), ..Given::default() }.check()
    };
    let enrolled = with("enrolled", Some(&"s".repeat(32))).unwrap();
    assert!(enrolled.enrolled && !enrolled.open);
    assert!(!format!("{enrolled:?}").contains("ssss"), "the secret is not printed");
    assert!(with("enrolled", None).unwrap_err().to_string().contains("SPOOLBOARD_SECRET"));
    assert!(with("enrolled", Some("corta")).unwrap_err().to_string().contains("32 bytes"));
    assert!(with("abierto", None).is_err() && with("open", None).is_ok());
}

#[test]
fn no_value_is_ever_printed_by_debug() {
    let given = Given { secret: Some("muy-secreta".into()), ..Given::default() };
    assert!(!format!("{given:?}").contains("muy-secreta"));
}
