//! What the door says to whoever is not let in, or tries to change who is.

use super::catalogue::{Said, say, text};

/// Why somebody is not let in, or what he asked at the door was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // each is spelt out in its sentence below
pub enum Door {
    Unknown,
    NotAllowed,
    SupervisorsOnly,
    PasswordAgain,
    EnterFirst,
    Wrong,
    WrongPassword,
    WrongPin,
    NoSuchCode,
    NoSuchBadge,
    Wait(u32),
    Turn(u32),
    TabletLocked,
    PinFirst,
    PinOnTablet,
    Busy,
    BadName,
    Taken,
    WeakPin,
    BadBadge,
    Gone,
    NotOpen,
    Away,
}

impl Door {
    /// The sentence.
    pub fn sentence(&self) -> String {
        match self {
            Door::Unknown => text("door-unknown").into(),
            Door::NotAllowed => text("door-not-allowed").into(),
            Door::SupervisorsOnly => text("door-supervisors-only").into(),
            Door::PasswordAgain => text("door-password-again").into(),
            Door::EnterFirst => text("door-enter-first").into(),
            Door::WrongPassword => text("door-wrong-password").into(),
            Door::Wrong => text("door-wrong").into(),
            Door::WrongPin => text("door-wrong-pin").into(),
            Door::NoSuchCode => text("door-no-such-code").into(),
            Door::NoSuchBadge => text("door-no-such-badge").into(),
            Door::Wait(seconds) => say("door-wait").with("time", wait(*seconds)).into(),
            Door::Turn(seconds) => say("door-turn").with("time", wait(*seconds)).into(),
            Door::TabletLocked => text("door-tablet-locked").into(),
            Door::PinFirst => text("door-pin-first").into(),
            Door::PinOnTablet => text("door-pin-on-tablet").into(),
            Door::Busy => text("door-busy").into(),
            Door::BadName => text("door-bad-name").into(),
            Door::Taken => text("door-taken").into(),
            Door::WeakPin => text("door-weak-pin").into(),
            Door::BadBadge => text("door-bad-badge").into(),
            Door::Gone => text("door-gone").into(),
            Door::NotOpen => text("door-not-open").into(),
            Door::Away => text("door-away").into(),
        }
    }
}

fn wait(seconds: u32) -> Said {
    match seconds {
        ..=90 => say("wait-seconds").count("count", seconds),
        _ => say("wait-minutes").count("count", seconds.div_ceil(60)),
    }
}

/// What is about to be done, as the last word of its address names it, when the password is asked once more.
pub fn asked(act: &str) -> &'static str {
    match act {
        "liberar" => text("again-release"),
        "reabrir" => text("again-reopen"),
        "desbloquear" => text("again-unblock"),
        "corregir" => text("again-correct"),
        "ayuda" => text("again-help"),
        "registrar" => text("again-enrol"),
        "nombrar" => text("again-rename"),
        "revocar" => text("again-revoke"),
        "crear" => text("again-create"),
        "anular" => text("again-cancel"),
        "muro" => text("again-wall"),
        "sin-muro" => text("again-no-wall"),
        "pedir-pin" => text("again-ask-pin"),
        "pin" => text("again-pin"),
        "credencial" => text("again-badge"),
        _ => text("again-go-on"),
    }
}
