//! What is wrong with a request before any rule is asked, and the sentence for it.

use super::Door;
use super::catalogue::{say, text};

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
    /// It was called by a name that is not this machine's, where nobody has decided who may act.
    OtherName,
    /// A proxy passed it on, where nobody has decided who may act.
    PassedOn,
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
            Fault::UnknownRoute => text("fault-unknown-route").into(),
            Fault::WrongMethod => text("fault-wrong-method").into(),
            Fault::AddressTooLong => text("fault-address-too-long").into(),
            Fault::BadAddress => text("fault-bad-address").into(),
            Fault::HeadTooLarge => text("fault-head-too-large").into(),
            Fault::TooMany => text("fault-too-many").into(),
            Fault::BodyTooLarge => text("fault-body-too-large").into(),
            Fault::BodyCut => text("fault-body-cut").into(),
            Fault::NotForm => text("fault-not-form").into(),
            Fault::NotJsonType => text("fault-not-json-type").into(),
            Fault::NotJson => text("fault-not-json").into(),
            Fault::NotAnObject => text("fault-not-an-object").into(),
            Fault::Missing(field, wants) => say("fault-missing").with("field", field).with("wants", wants.sentence()).into(),
            Fault::Wrong(field, wants) => say("fault-wrong").with("field", field).with("wants", wants.sentence()).into(),
            Fault::Repeated(field, tag) => say("fault-repeated").with("field", field).with("tag", super::echo(tag)).into(),
            Fault::NothingChosen => text("fault-nothing-chosen").into(),
            Fault::TooManyChosen(many) => say("fault-too-many-chosen").count("count", many).into(),
            Fault::OtherSite => text("fault-other-site").into(),
            Fault::OtherName => say("fault-other-name").with("access", "SPOOLBOARD_ACCESS").into(),
            Fault::PassedOn => say("fault-passed-on").with("access", "SPOOLBOARD_ACCESS").into(),
            Fault::Door(door) => door.sentence(),
            Fault::NotRead(why) => say("fault-not-read").with("why", super::obstacle::capital(why)).into(),
            Fault::TooSlow => text("fault-too-slow").into(),
            Fault::TooSlowAction => text("fault-too-slow-action").into(),
        }
    }
}

impl Wants {
    fn sentence(self) -> &'static str {
        match self {
            Wants::Tag => text("wants-tag"),
            Wants::TagList => text("wants-tag-list"),
            Wants::Choice => text("wants-choice"),
            Wants::Worker => text("wants-worker"),
            Wants::Operation => text("wants-operation"),
            Wants::Verdict => text("wants-verdict"),
            Wants::Date => text("wants-date"),
            Wants::Text => text("wants-text"),
            Wants::Flag => text("wants-flag"),
            Wants::Uuid => text("wants-uuid"),
            Wants::Uuid4 => text("wants-uuid4"),
            Wants::Count => text("wants-count"),
            Wants::Remedy => text("wants-remedy"),
            Wants::State => text("wants-state"),
        }
    }
}
