//! What a form or an address says, parsed at the edge: inside there are only domain types. Each
//! wrong field is one sentence that names it.

use crate::domain::cell::date_of;
use crate::domain::{Operation, Remedy, WorkerId};
use crate::plant::BATCH;
use crate::web::failure::Failure;
use crate::web::input;
use crate::web::trail::Told;
use crate::words::{Fault, Wants};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, FromRequest, Request};
use chrono::NaiveDate;
use uuid::Uuid;

/// A box that was ticked on a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ticked {
    /// The tag that the card had, by which the spool is named when there is no card any more; pages of before send none.
    pub(super) tag: String,
    /// The id of the spool.
    pub(super) spool: String,
}

impl Ticked {
    /// `MK-0001 {id}`: a tag may hold blanks, an id does not.
    fn read(text: &str) -> Option<Ticked> {
        let (tag, spool) = text.rsplit_once(' ').unwrap_or(("", text));
        let tag = if tag.is_empty() { String::new() } else { input::spool(tag)? };
        Some(Ticked { tag, spool: input::spool(spool)? })
    }
}

/// The pairs of a form (of a question: of its address), as sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Fields, Failure> {
        let told = Told::of(&request);
        match Form::<Vec<(String, String)>>::from_request(request, state).await {
            Ok(Form(pairs)) => {
                told.note(pairs.iter().map(|(name, value)| (name.as_str(), value)));
                Ok(Fields(pairs))
            }
            Err(FormRejection::BytesRejection(rejection)) => Err(input::unread(&rejection).into()),
            Err(_) => Err(Fault::NotForm.into()),
        }
    }
}

impl Fields {
    /// The first value of a field, trimmed; `None` when it is absent or empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values(name).find(|value| !value.is_empty())
    }

    /// Every value of a field that may come more than once.
    fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.trim())
    }

    fn needed<T>(&self, field: &'static str, wants: Wants, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Fault> {
        input::needed(self.text(field), field, wants, read)
    }

    fn optional<T>(&self, field: &'static str, wants: Wants, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Fault> {
        input::optional(self.text(field), field, wants, read)
    }

    /// `trabajador`.
    pub(super) fn worker(&self) -> Result<WorkerId, Fault> {
        self.needed("trabajador", Wants::Worker, input::worker)
    }

    /// `operacion`.
    pub(super) fn operation(&self) -> Result<Operation, Fault> {
        self.needed("operacion", Wants::Operation, Operation::read)
    }

    /// `operacion` as a filter.
    pub(super) fn operation_if_any(&self) -> Result<Option<Operation>, Fault> {
        self.optional("operacion", Wants::Operation, Operation::read)
    }

    /// `id_operacion`: made when the form was rendered; a new one for a form without it.
    pub(super) fn id(&self) -> Result<Uuid, Fault> {
        Ok(self.optional("id_operacion", Wants::Uuid4, input::operation_id)?.unwrap_or_else(Uuid::new_v4))
    }

    /// `evento`: the action to undo.
    pub(super) fn event(&self) -> Result<Uuid, Fault> {
        self.needed("evento", Wants::Uuid, input::event)
    }

    /// `resultado`: whether it is APROBADO.
    pub(super) fn approved(&self) -> Result<bool, Fault> {
        self.needed("resultado", Wants::Verdict, input::approved)
    }

    /// `fecha`, as the tablet's calendar writes it or as the plant does.
    pub(super) fn date(&self) -> Result<Option<NaiveDate>, Fault> {
        self.optional("fecha", Wants::Date, date_of)
    }

    /// `motivo`; of "otro" what was typed into `otro`.
    pub(super) fn reason(&self) -> Result<Option<String>, Fault> {
        let reason = match self.text("motivo") {
            Some("otro") => self.text("otro").or(Some("otro")),
            reason => reason,
        };
        input::optional(reason, "motivo", Wants::Text, input::reason)
    }

    /// `motivo` of a supervisor's act: what was chosen, else what was typed into `otro`; it may be empty,
    /// which a rule refuses.
    pub(super) fn why(&self) -> Result<String, Fault> {
        let chosen = self.text("motivo").filter(|chosen| *chosen != "otro");
        Ok(input::optional(chosen.or(self.text("otro")), "motivo", Wants::Text, input::reason)?.unwrap_or_default())
    }

    /// `visto`: the print of the row that the form was made from.
    pub(super) fn seen(&self) -> Result<Option<Uuid>, Fault> {
        self.optional("visto", Wants::Uuid, input::event)
    }

    /// `hecho`: the event of what was just done.
    pub(super) fn done(&self) -> Result<Option<Uuid>, Fault> {
        self.optional("hecho", Wants::Uuid, input::event)
    }

    /// `remedio`: what is to be corrected.
    pub(super) fn remedy(&self) -> Result<Remedy, Fault> {
        self.needed("remedio", Wants::Remedy, Remedy::read)
    }

    /// `trabajador` where it may be absent.
    pub(super) fn worker_if_any(&self) -> Result<Option<WorkerId>, Fault> {
        self.optional("trabajador", Wants::Worker, input::worker)
    }

    /// `tag`: as a scanner typed it.
    pub(super) fn scanned(&self) -> Result<String, Fault> {
        self.needed("tag", Wants::Tag, |text| input::spool(bare(text)))
    }

    /// `carrete`: the one spool that a list is asked to show.
    pub(super) fn spool_if_any(&self) -> Result<Option<String>, Fault> {
        self.optional("carrete", Wants::Tag, input::spool)
    }

    /// `carretes`: the boxes that were ticked to let a spool go, `MK-0001 {id}` each.
    pub(super) fn released(&self) -> Result<Vec<Ticked>, Fault> {
        self.ticked(Ticked::read)
    }

    /// `carretes`: the boxes that were ticked to take a spool, `ARM:MK-0001 {id}` each.
    pub(super) fn chosen(&self) -> Result<Vec<(Operation, Ticked)>, Fault> {
        self.ticked(|text| {
            let (operation, spool) = text.split_once(':')?;
            Some((Operation::read(operation)?, Ticked::read(spool)?))
        })
    }

    /// `carretes`: what was done to several spools and is to be undone, `{event} MK-0001 {id}` each.
    pub(super) fn undone(&self) -> Result<Vec<(Uuid, Ticked)>, Fault> {
        self.ticked(|text| {
            let (event, spool) = text.split_once(' ')?;
            Some((input::event(event)?, Ticked::read(spool)?))
        })
    }

    /// The boxes that were ticked, each once: 1 to 50.
    fn ticked<T: PartialEq>(&self, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Fault> {
        let mut chosen = Vec::new();
        for value in self.values("carretes").filter(|value| !value.is_empty()) {
            let one = input::needed(Some(value), "carretes", Wants::Choice, &read)?;
            if !chosen.contains(&one) {
                chosen.push(one);
            }
        }
        match chosen.len() {
            0 => Err(Fault::NothingChosen),
            1..=BATCH => Ok(chosen),
            many => Err(Fault::TooManyChosen(many)),
        }
    }
}

/// What a scanner typed, without the sign of three characters (`]C1`) by which some of them name the kind of the code.
pub(super) fn bare(text: &str) -> &str {
    match (text.strip_prefix(']'), text.get(3..)) {
        (Some(_), Some(rest)) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    #[test]
    fn each_wrong_field_is_named() {
        let wrong = fields(&[("trabajador", "MR(93)"), ("operacion", "PINTURA"), ("id_operacion", "7"), ("fecha", "ayer")]);
        for (field, fault) in [
            ("trabajador", wrong.worker().unwrap_err()),
            ("operacion", wrong.operation().unwrap_err()),
            ("id_operacion", wrong.id().unwrap_err()),
            ("fecha", wrong.date().unwrap_err()),
        ] {
            assert!(matches!(fault, Fault::Wrong(found, _) if found == field), "{fault:?}");
        }
        assert_eq!(fields(&[]).worker(), Err(Fault::Missing("trabajador", Wants::Worker)));
    }

    #[test]
    fn a_date_is_read_as_the_calendar_or_as_the_plant_writes_it() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 20);
        assert_eq!(fields(&[("fecha", "2026-01-20")]).date(), Ok(day));
        assert_eq!(fields(&[("fecha", " 20-01-2026 ")]).date(), Ok(day));
        assert_eq!(fields(&[("fecha", "")]).date(), Ok(None));
        assert!(fields(&[("fecha", "46042")]).date().is_err(), "a serial number is no day");
    }

    #[test]
    fn another_reason_is_what_was_typed() {
        let reason = |pairs: &[(&str, &str)]| fields(pairs).reason().unwrap();
        assert_eq!(reason(&[("motivo", "otro"), ("otro", "Lluvia")]).as_deref(), Some("Lluvia"));
        assert_eq!(reason(&[("motivo", "otro"), ("otro", " ")]).as_deref(), Some("otro"));
        assert_eq!(reason(&[("motivo", "máquina")]).as_deref(), Some("máquina"));
        assert_eq!(reason(&[]), None);
    }

    #[test]
    fn a_scanners_sign_for_the_kind_of_code_is_no_part_of_the_tag() {
        let scanned = |text| fields(&[("tag", text)]).scanned();
        assert_eq!(scanned("]C1MK-1").as_deref(), Ok("MK-1"));
        assert_eq!(scanned(" MK-1 ").as_deref(), Ok("MK-1"));
        assert!(scanned("").is_err());
    }

    #[test]
    fn a_ticked_box_says_how_its_spool_was_called() {
        let read = |value: &str| fields(&[("carretes", value)]).chosen().map(|mut chosen| chosen.remove(0).1);
        let ticked = |tag: &str, spool: &str| Ok(Ticked { tag: tag.into(), spool: spool.into() });
        assert_eq!(read("ARM:MK-1 0123456789abcdef"), ticked("MK-1", "0123456789abcdef"));
        assert_eq!(read("ARM:MK 1: a 0123456789abcdef"), ticked("MK 1: a", "0123456789abcdef"));
        assert_eq!(read("ARM:0123456789abcdef"), ticked("", "0123456789abcdef"));
        assert_eq!(read(&format!("ARM:{} a", "x".repeat(101))), Err(Fault::Wrong("carretes", Wants::Choice)));
        assert_eq!(fields(&[("carretes", "MK-1 a")]).released(), Ok(vec![Ticked { tag: "MK-1".into(), spool: "a".into() }]));
    }

    #[test]
    fn ticked_boxes_are_each_taken_once_and_fifty_at_most() {
        let boxes = |values: &[&str]| fields(&values.iter().map(|value| ("carretes", *value)).collect::<Vec<_>>()).chosen();
        assert_eq!(boxes(&["ARM:a", "SOLD:b", "ARM:a", ""]).map(|chosen| chosen.len()), Ok(2));
        assert_eq!(boxes(&[]), Err(Fault::NothingChosen));
        assert_eq!(boxes(&["a"]), Err(Fault::Wrong("carretes", Wants::Choice)));
        let many: Vec<String> = (0..=BATCH).map(|n| format!("ARM:{n}")).collect();
        assert_eq!(boxes(&many.iter().map(String::as_str).collect::<Vec<_>>()), Err(Fault::TooManyChosen(51)));
    }
}
