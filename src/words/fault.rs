//! What is wrong with a request before any rule is asked, and the sentence for it.

use super::Door;

/// A request that no rule can be asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No such address.
    UnknownRoute,
    /// The address exists, the method does not.
    WrongMethod,
    /// The address is longer than the server reads.
    AddressTooLong,
    /// The address holds bytes that are no text.
    BadAddress,
    /// The head of the request has more lines than the server reads.
    HeadTooLarge,
    /// More was asked in a short time than anybody can tap.
    TooMany,
    /// The body is larger than any request needs.
    BodyTooLarge,
    /// The body did not arrive whole.
    BodyCut,
    /// The body is no form.
    NotForm,
    /// The body is not said to be JSON.
    NotJsonType,
    /// The body is not JSON.
    NotJson,
    /// The body is JSON, but no object.
    NotAnObject,
    /// A field that is needed is absent or null.
    Missing(&'static str, Wants),
    /// A field (or header, or filter) holds something else than it should.
    Wrong(&'static str, Wants),
    /// A list names one spool twice.
    Repeated(&'static str, String),
    /// No spool was ticked.
    NothingChosen,
    /// More spools were ticked than may be taken at once.
    TooManyChosen(usize),
    /// A page of another site sent the request.
    OtherSite,
    /// The door does not let it in, or did not do what was asked of it.
    Door(Door),
    /// The plant's workbook has not been read yet; why.
    NotRead(String),
    /// The answer to a question took too long.
    TooSlow,
    /// The answer to an action took too long, and nobody knows how it ended.
    TooSlowAction,
}

/// What a field should hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // each is spelt out in its sentence below
pub enum Wants {
    Tag,
    TagList,
    Choice,
    Worker,
    Operation,
    Verdict,
    Date,
    Text,
    Flag,
    Uuid,
    Uuid4,
    Count,
    State,
    Remedy,
}

impl From<Door> for Fault {
    fn from(door: Door) -> Fault {
        Fault::Door(door)
    }
}

impl Fault {
    /// The sentence.
    pub fn sentence(&self) -> String {
        match self {
            Fault::UnknownRoute => "Esa dirección no existe. Vuelve a la página de inicio.".into(),
            Fault::WrongMethod => "Esa dirección existe, pero no se usa de esa manera.".into(),
            Fault::AddressTooLong => "La dirección es demasiado larga: se admiten 2.048 caracteres.".into(),
            Fault::BadAddress => "La dirección contiene caracteres que no se pueden leer.".into(),
            Fault::HeadTooLarge => "La petición trae demasiados encabezados: se admiten 64.".into(),
            Fault::TooMany => {
                "Llegaron demasiadas peticiones seguidas y esta no se atendió. Espera un segundo e inténtalo otra vez.".into()
            }
            Fault::BodyTooLarge => "Los datos enviados son demasiado grandes: se admiten 64 KiB.".into(),
            Fault::BodyCut => "Los datos no llegaron completos. Inténtalo otra vez.".into(),
            Fault::NotForm => "Los datos enviados no son los de un formulario. Actualiza la página.".into(),
            Fault::NotJsonType => "Los datos deben enviarse como JSON (Content-Type: application/json).".into(),
            Fault::NotJson => "Los datos enviados no son JSON válido.".into(),
            Fault::NotAnObject => "Los datos enviados deben ser un objeto JSON con sus campos.".into(),
            Fault::Missing(field, wants) => format!("Falta el campo {field}: {}.", wants.sentence()),
            Fault::Wrong(field, wants) => format!("El campo {field} no es válido: {}.", wants.sentence()),
            Fault::Repeated(field, tag) => format!("El campo {field} nombra {} más de una vez.", super::echo(tag)),
            Fault::NothingChosen => "No hay carretes seleccionados. Marca al menos uno.".into(),
            Fault::TooManyChosen(many) => format!("Son {many} carretes y el máximo es 50. Desmarca algunos."),
            Fault::OtherSite => {
                "La petición viene de otro sitio web y no se admite. Abre la aplicación en su propia dirección.".into()
            }
            Fault::Door(door) => door.sentence(),
            Fault::NotRead(why) => {
                format!("{}. Todavía no se pudo leer nada: se sigue intentando.", super::obstacle::capital(why))
            }
            Fault::TooSlow => "La respuesta tarda demasiado. Espera unos segundos e inténtalo otra vez.".into(),
            Fault::TooSlowAction => {
                "La respuesta tarda demasiado y todavía no se sabe si quedó guardado. Espera: la pantalla se pondrá al día sola."
                    .into()
            }
        }
    }
}

impl Wants {
    fn sentence(self) -> &'static str {
        match self {
            Wants::Tag => "debe ser el TAG de un carrete, un texto de 1 a 100 caracteres",
            Wants::TagList => "debe ser una lista de 1 a 50 TAG de carretes, cada uno de 1 a 100 caracteres",
            Wants::Choice => "debe ser una operación y un carrete, como ARM:MK-1",
            Wants::Worker => "debe ser el número de un trabajador, un entero mayor que cero",
            Wants::Operation => "debe ser ARM, SOLD, METROLOGIA o REPARACION",
            Wants::Verdict => "debe ser APROBADO o RECHAZADO",
            Wants::Date => "debe ser una fecha que exista, como 2026-11-21 o 21-11-2026",
            Wants::Text => "debe ser un texto de hasta 500 caracteres",
            Wants::Flag => "debe ser verdadero o falso (true, false)",
            Wants::Uuid => "debe ser el identificador (UUID) de una acción",
            Wants::Uuid4 => "debe ser un UUID de la versión 4",
            Wants::Count => "debe ser un número entero, de cero en adelante",
            Wants::Remedy => "debe ser una de las correcciones que ofrece la página",
            Wants::State => "debe ser disponible, ocupado o problema",
        }
    }
}
