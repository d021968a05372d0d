//! What a board or a wall is narrowed to. It stands in the address, so that reload, Back and the
//! stream of the same screen all show the same part of the plant.

use crate::domain::spool::squeeze;
use crate::domain::{Operation, Spool, WorkerId};
use crate::web::failure::Failure;
use crate::web::pages::fields::Fields;
use crate::words;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};

/// The longest NV or OT that is looked for, in characters.
const LONGEST: usize = 60;

/// How the rows are put in order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(in crate::web) enum Order {
    /// The longest held first.
    #[default]
    Time,
    /// By operation, in the order of the work.
    Operation,
    /// By person.
    Person,
}

/// A part of the plant, and how to look at it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(in crate::web) struct Filter {
    /// As typed; empty for all.
    pub(super) nv: String,
    /// As typed; empty for all.
    pub(super) ot: String,
    pub(super) operation: Option<Operation>,
    pub(super) order: Order,
    /// What waits, instead of what somebody has.
    pub(super) waiting: bool,
    /// From whose list the board was opened: his name stays above, and the way back.
    pub(super) worker: Option<WorkerId>,
}

impl<S: Send + Sync> FromRequest<S> for Filter {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Filter, Failure> {
        let fields = Fields::from_request(request, state).await?;
        let text = |name| fields.text(name).unwrap_or_default().chars().take(LONGEST).collect();
        let order = match fields.text("orden") {
            Some("operacion") => Order::Operation,
            Some("persona") => Order::Person,
            _ => Order::Time,
        };
        let waiting = fields.text("ver") == Some("listos");
        let (operation, worker) = (fields.operation_if_any()?, fields.worker_if_any()?);
        Ok(Filter { nv: text("nv"), ot: text("ot"), operation, order, waiting, worker })
    }
}

impl Filter {
    /// Whether it is the whole plant in the usual order: the screen that all share.
    pub(in crate::web) fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    /// Whether it was opened from somebody's list.
    pub(in crate::web) fn is_of_somebody(&self) -> bool {
        self.worker.is_some()
    }

    /// Whether it was opened from this worker's list.
    pub(in crate::web) fn is_of(&self, worker: WorkerId) -> bool {
        self.worker == Some(worker)
    }

    /// The same board from the list of nobody in particular, as it is painted once for all of them.
    pub(in crate::web) fn anybodys(&self) -> Filter {
        Filter { worker: self.worker.map(|_| WorkerId::SYSTEM), ..self.clone() }
    }

    /// What was painted for [`anybodys`](Filter::anybodys), with the number of whose list it is at the end of each
    /// address. The quote behind it is never in what somebody typed: pages escape that.
    pub(in crate::web) fn his(&self, painted: &Bytes) -> Bytes {
        let Some(worker) = self.worker else { return painted.clone() };
        let address = |worker| format!("trabajador={worker}\"");
        let painted = String::from_utf8_lossy(painted);
        painted.replace(&address(WorkerId::SYSTEM), &address(worker)).into()
    }

    /// Whether something is left out, or in another order.
    pub(in crate::web) fn narrows(&self) -> bool {
        *self != self.everything()
    }

    /// The whole plant for the same worker.
    fn everything(&self) -> Filter {
        Filter { worker: self.worker, ..Filter::default() }
    }

    /// Whether a row is of this NV and OT. `0650` is NV0650, whatever the case and the blanks.
    pub(super) fn admits(&self) -> impl Fn(&Spool) -> bool {
        let key = |kind: &str, value: &str| squeeze(&words::numbered(kind, value));
        let (nv, ot) = (key("NV", &self.nv), key("OT", &self.ot));
        move |spool| (nv.is_empty() || key("NV", &spool.nv) == nv) && (ot.is_empty() || key("OT", &spool.ot) == ot)
    }

    /// Whether an operation is shown.
    pub(super) fn shows(&self, operation: Option<Operation>) -> bool {
        self.operation.is_none() || self.operation == operation
    }

    /// What it is narrowed to, in words; empty for the whole plant.
    pub(super) fn words(&self) -> String {
        words::narrowed(&self.nv, &self.ot, self.operation)
    }

    /// The NV and OT that are asked for, in words.
    pub(super) fn numbers(&self) -> String {
        words::narrowed(&self.nv, &self.ot, None)
    }

    /// What an address of another page says of the worker, where there is one.
    pub(super) fn of_worker(&self) -> String {
        self.worker.map(|worker| format!("?trabajador={worker}")).unwrap_or_default()
    }

    /// The address of a screen that shows this. A wall and a file are nobody's.
    pub(super) fn at(&self, path: &str) -> String {
        let encoded = |text: &str| askama::filters::urlencode(text).map(|safe| safe.to_string()).unwrap_or_default();
        let mut parts = Vec::new();
        if !self.nv.is_empty() {
            parts.push(format!("nv={}", encoded(&self.nv)));
        }
        if !self.ot.is_empty() {
            parts.push(format!("ot={}", encoded(&self.ot)));
        }
        if let Some(operation) = self.operation {
            parts.push(format!("operacion={operation}"));
        }
        match self.order {
            Order::Time => {}
            Order::Operation => parts.push("orden=operacion".into()),
            Order::Person => parts.push("orden=persona".into()),
        }
        if self.waiting {
            parts.push("ver=listos".into());
        }
        if let Some(worker) = self.worker.filter(|_| path.ends_with("tablero")) {
            parts.push(format!("trabajador={worker}"));
        }
        match parts.is_empty() {
            true => path.to_owned(),
            false => format!("{path}?{}", parts.join("&")),
        }
    }

    /// The board of the whole plant.
    pub(super) fn whole(&self) -> String {
        self.everything().at("/tablero")
    }

    /// The board with another order.
    pub(super) fn ordered(&self, order: Order) -> String {
        Filter { order, ..self.clone() }.at("/tablero")
    }

    /// The board of what somebody has, or of what waits.
    pub(super) fn showing(&self, waiting: bool) -> String {
        Filter { waiting, ..self.clone() }.at("/tablero")
    }

    /// The board of one operation; the same choice again takes it back.
    pub(super) fn only(&self, operation: Operation) -> String {
        let operation = Some(operation).filter(|operation| self.operation != Some(*operation));
        Filter { operation, ..self.clone() }.at("/tablero")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    async fn read(query: &str) -> Filter {
        let request = Request::builder().uri(format!("/tablero{query}")).body(Body::empty()).unwrap();
        Filter::from_request(request, &()).await.unwrap()
    }

    #[tokio::test]
    async fn an_address_says_what_was_read_from_it_and_nothing_for_what_is_usual() {
        for query in [
            "",
            "?nv=NV0650",
            "?nv=NV%200650%26x&ot=1335&operacion=ARM&orden=persona&ver=listos",
            "?orden=operacion",
            "?trabajador=93",
        ] {
            assert_eq!(read(query).await.at("/tablero"), format!("/tablero{query}"));
        }
        let his = read("?ot=1335&trabajador=93").await;
        assert_eq!(
            (his.whole(), his.at("/kiosko"), his.of_worker()),
            ("/tablero?trabajador=93".into(), "/kiosko?ot=1335".into(), "?trabajador=93".into())
        );
        assert!(his.narrows() && !read("?trabajador=93").await.narrows(), "whose it is leaves nothing out");
        assert!(read("?nv=&ot=%20&operacion=&orden=tiempo&ver=todo").await.is_empty(), "an empty field narrows nothing");
        assert_eq!(read(&format!("?ot={}", "9".repeat(99))).await.ot.len(), LONGEST);
    }
}
