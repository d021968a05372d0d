//! What the door says to whoever is not let in, or tries to change who is.

use super::catalogue::text;

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
            Door::Unknown => {
                "Esta tableta o programa no está registrado aquí. Una tableta la registra un supervisor; un programa necesita su clave de acceso."
                    .into()
            }
            Door::NotAllowed => "Eso no está permitido con este acceso. Habla con tu supervisor.".into(),
            Door::SupervisorsOnly => "Eso es solo para supervisores. Entra con tu nombre y tu clave.".into(),
            Door::PasswordAgain => "Para esto hay que dar otra vez tu clave de supervisor. Lo que escribiste sigue aquí.".into(),
            Door::EnterFirst => {
                "Tu sesión terminó, o todavía no has entrado. Da tu nombre y tu clave de supervisor: lo que escribiste sigue aquí.".into()
            }
            Door::WrongPassword => "La clave no es correcta. Escríbela otra vez: lo demás sigue aquí.".into(),
            Door::Wrong => "El nombre o la clave no son correctos. Revísalos e inténtalo otra vez.".into(),
            Door::WrongPin => "El PIN no es correcto. Inténtalo otra vez; si lo olvidaste, tu supervisor te da otro.".into(),
            Door::NoSuchCode => "Ninguna tableta muestra ese código, o ya venció. Revisa las ocho letras en la tableta.".into(),
            Door::NoSuchBadge => "Esa credencial no es de nadie. Elige tu nombre o avisa a tu supervisor.".into(),
            Door::Wait(seconds) => format!("Demasiados intentos. Espera {} e inténtalo otra vez.", wait(*seconds)),
            Door::Turn(seconds) => format!(
                "Muchos están tratando de entrar. Tu turno es en {}: inténtalo entonces, se te guarda dos minutos.",
                wait(*seconds)
            ),
            Door::TabletLocked => {
                "En esta tableta se escribieron demasiados PIN incorrectos. Llama a un supervisor para que la desbloquee.".into()
            }
            Door::PinFirst => "Antes de registrar trabajo hay que dar el PIN en esta tableta. Elige tu nombre otra vez.".into(),
            Door::Busy => "Muchos quieren entrar a la vez. Espera unos segundos e inténtalo otra vez.".into(),
            Door::BadName => "El nombre debe tener de 1 a 80 caracteres, con alguna letra o número.".into(),
            Door::Taken => "Eso ya existe. Elige otro nombre u otro código.".into(),
            Door::WeakPin => "El PIN debe tener 6 números que nadie adivine: ni seguidos, ni repetidos, ni el año.".into(),
            Door::BadBadge => "El código de la credencial debe tener de 4 a 100 caracteres. Escanéala otra vez.".into(),
            Door::Gone => "Eso ya no existe. Actualiza la página.".into(),
            Door::NotOpen => "El acceso está abierto: no hay tabletas ni claves que administrar.".into(),
            Door::Away => {
                "No se puede comprobar quién entra: el registro de tabletas no responde. Espera unos segundos e inténtalo otra vez.".into()
            }
        }
    }
}

fn wait(seconds: u32) -> String {
    match seconds {
        1 => "1 segundo".into(),
        2..=90 => format!("{seconds} segundos"),
        _ => format!("{} minutos", seconds.div_ceil(60)),
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
