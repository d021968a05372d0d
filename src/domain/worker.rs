//! Who works in the plant, what each may do, and how a worker is written in a cell.

use super::cell::{clean, fold, visible};
use super::decision::Refusal;
use super::operation::Operation;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// A worker's number: the identity. Initials and names are decoration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorkerId(u32);

impl WorkerId {
    /// Nobody: the author of what the app or a supervisor does (`Worker_ID` 0 in the audit).
    pub const SYSTEM: WorkerId = WorkerId(0);

    /// A worker's number; 0 is nobody's.
    pub fn new(number: u32) -> Option<WorkerId> {
        (number > 0).then_some(WorkerId(number))
    }

    /// The bare number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A role as the sheet `Roles` names it (`domain.md` 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Role {
    Armador,
    Soldador,
    Ayudante,
    Metrologia,
    Revestimiento,
    Pintura,
    Despacho,
}

impl Role {
    /// All roles, in the order of the plant's list.
    pub const ALL: [Role; 7] =
        [Role::Armador, Role::Soldador, Role::Ayudante, Role::Metrologia, Role::Revestimiento, Role::Pintura, Role::Despacho];

    /// The role as the plant writes it.
    pub fn name(self) -> &'static str {
        match self {
            Role::Armador => "Armador",
            Role::Soldador => "Soldador",
            Role::Ayudante => "Ayudante",
            Role::Metrologia => "Metrologia",
            Role::Revestimiento => "Revestimiento",
            Role::Pintura => "Pintura",
            Role::Despacho => "Despacho",
        }
    }

    /// Reads a role whatever its case and accents.
    pub fn read(text: &str) -> Option<Role> {
        let wanted = fold(text);
        Role::ALL.into_iter().find(|role| fold(role.name()) == wanted)
    }
}

/// One person of `Trabajadores`, with the active rows of `Roles`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// The number in parentheses of a stamp.
    pub id: WorkerId,
    /// `Nombre`, as written.
    pub given: String,
    /// `Apellido`, as written.
    pub family: String,
    /// Inactive workers are known (old rows name them) but may do nothing.
    pub active: bool,
    /// Active roles only, each once.
    pub roles: Vec<Role>,
}

impl Worker {
    /// "Nombre Apellido", as screens show it.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.given.trim(), self.family.trim()).trim().to_owned()
    }

    /// The first letters of both names, and `W` for a worker without any letter.
    pub fn initials(&self) -> String {
        let initial = |name: &str| name.chars().find(|c| c.is_alphabetic()).map(|c| c.to_uppercase().to_string());
        let initials: String = [&self.given, &self.family].into_iter().filter_map(|name| initial(name)).collect();
        if initials.is_empty() { "W".to_owned() } else { initials }
    }

    /// The stamp that goes into a cell: `MR(93)` (`domain.md` 2). Letters only, so that what is written can be
    /// read again.
    pub fn stamp(&self) -> String {
        format!("{}({})", self.initials(), self.id)
    }
}

/// What a worker column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stamp {
    /// A worker, known by number; `text` is the cell as written.
    Worker {
        /// Who.
        id: WorkerId,
        /// The cell as written.
        text: String,
    },
    /// A name that fits nobody, or more than one person.
    Unknown(String),
}

impl Stamp {
    /// The worker, where the cell names exactly one.
    pub fn id(&self) -> Option<WorkerId> {
        match self {
            Stamp::Worker { id, .. } => Some(*id),
            Stamp::Unknown(_) => None,
        }
    }

    /// The cell as written.
    pub fn text(&self) -> &str {
        match self {
            Stamp::Worker { text, .. } | Stamp::Unknown(text) => text,
        }
    }
}

/// Everybody the plant knows, by number and by name.
#[derive(Debug, Clone, Default)]
pub struct People {
    workers: Vec<Arc<Worker>>,
    by_id: HashMap<WorkerId, usize>,
    by_name: HashMap<String, Vec<WorkerId>>,
    /// By the first given name and the first surname, which is what older rows hold of people
    /// with two of each.
    by_short_name: HashMap<String, Vec<WorkerId>>,
}

impl People {
    /// Indexes the workers; of two rows with one number the first stands.
    pub fn new(workers: Vec<Worker>) -> People {
        let mut people = People::default();
        for worker in workers {
            if people.by_id.contains_key(&worker.id) {
                continue;
            }
            people.by_id.insert(worker.id, people.workers.len());
            people.by_name.entry(fold_name(&worker.full_name())).or_default().push(worker.id);
            people.by_short_name.entry(short_name(&worker)).or_default().push(worker.id);
            people.workers.push(Arc::new(worker));
        }
        people
    }

    /// Everybody, in the order of the sheet, inactive ones included.
    pub fn all(&self) -> &[Arc<Worker>] {
        &self.workers
    }

    /// The worker with this number.
    pub fn get(&self, id: WorkerId) -> Option<&Arc<Worker>> {
        self.by_id.get(&id).map(|index| &self.workers[*index])
    }

    /// The worker with this number, who may act.
    ///
    /// # Errors
    /// [`Refusal::UnknownWorker`], [`Refusal::InactiveWorker`].
    pub fn active(&self, id: WorkerId) -> Result<&Arc<Worker>, Refusal> {
        let worker = self.get(id).ok_or(Refusal::UnknownWorker { id: id.get() })?;
        match worker.active {
            true => Ok(worker),
            false => Err(Refusal::InactiveWorker { name: worker.full_name() }),
        }
    }

    /// The full name, or `None` when the number is in no list.
    pub fn name(&self, id: WorkerId) -> Option<String> {
        self.get(id).map(|worker| worker.full_name())
    }

    /// Reads what a worker column holds: `MR(93)`, `Rios(93)`, `Ñ(12)` by the number, an older
    /// "Nombre Apellido" by a unique match among active and inactive workers, be it the whole name
    /// or the first given name with the first surname (`field-failures.md` D17, I2). `None` for
    /// text that is neither.
    pub fn read_stamp(&self, text: &str) -> Option<Stamp> {
        let text = visible(clean(text));
        if let Some(id) = number_in_parentheses(&text) {
            return Some(Stamp::Worker { id, text });
        }
        let name = fold_name(&text);
        match self.by_name.get(&name).or_else(|| self.by_short_name.get(&name)).map(Vec::as_slice) {
            Some([id]) => Some(Stamp::Worker { id: *id, text }),
            Some(_) => Some(Stamp::Unknown(text)),
            None => None,
        }
    }
}

fn fold_name(name: &str) -> String {
    fold(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn short_name(worker: &Worker) -> String {
    let first = |name: &str| name.split_whitespace().next().unwrap_or_default().to_owned();
    fold_name(&format!("{} {}", first(&worker.given), first(&worker.family)))
}

/// The number of `INITIALS(ID)` or `Apellido(ID)`: letters (blanks and hyphens between them are
/// forgiven), then digits in parentheses, and nothing after.
fn number_in_parentheses(text: &str) -> Option<WorkerId> {
    let (letters, rest) = text.strip_suffix(')')?.split_once('(')?;
    let letters_ok = letters.chars().any(char::is_alphabetic)
        && letters.chars().all(|c| c.is_alphabetic() || c.is_whitespace() || matches!(c, '-' | '.' | '\''));
    let digits = rest.trim();
    if !letters_ok || digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    WorkerId::new(digits.parse().ok()?)
}

/// Who may do what: configuration, with the plant's table as its default (`domain.md` 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleTable(HashMap<Operation, Allowed>);

/// Who may do one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// Any active worker; said in as many words, because an empty list once meant nobody
    /// (`field-failures.md` D15).
    Anyone,
    /// A worker with one of these roles.
    OneOf(Vec<Role>),
}

impl Default for RoleTable {
    fn default() -> Self {
        RoleTable(HashMap::from([
            (Operation::Arm, Allowed::OneOf(vec![Role::Armador, Role::Ayudante])),
            (Operation::Sold, Allowed::OneOf(vec![Role::Soldador, Role::Ayudante])),
            (Operation::Metrology, Allowed::OneOf(vec![Role::Metrologia])),
            (Operation::Repair, Allowed::Anyone),
        ]))
    }
}

impl RoleTable {
    /// Whether the worker is active and has a role for the operation.
    pub fn allows(&self, worker: &Worker, operation: Operation) -> bool {
        worker.active
            && match self.0.get(&operation) {
                Some(Allowed::Anyone) => true,
                Some(Allowed::OneOf(roles)) => roles.iter().any(|role| worker.roles.contains(role)),
                None => false,
            }
    }

    /// The roles of which one is needed; empty when anyone may.
    pub fn needed(&self, operation: Operation) -> Vec<Role> {
        match self.0.get(&operation) {
            Some(Allowed::OneOf(roles)) => roles.clone(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worker(id: u32, given: &str, family: &str) -> Worker {
        Worker { id: WorkerId::new(id).unwrap(), given: given.into(), family: family.into(), active: true, roles: vec![] }
    }

    fn people() -> People {
        People::new(vec![
            worker(93, "Marta", "Ríos"),
            worker(94, "Mario", "Rojas"),
            worker(95, "Ana", "Paz"),
            worker(96, "Ana", "Paz"),
        ])
    }

    #[test]
    fn only_who_is_known_and_active_may_act() {
        let gone = Worker { active: false, ..worker(97, "Luis", "Soto") };
        let people = People::new(vec![worker(93, "Marta", "Ríos"), gone]);
        let asked = |id| people.active(WorkerId::new(id).unwrap()).map(|worker| worker.full_name());
        assert_eq!(asked(93).as_deref(), Ok("Marta Ríos"));
        assert_eq!(asked(97), Err(Refusal::InactiveWorker { name: "Luis Soto".into() }));
        assert_eq!(asked(98), Err(Refusal::UnknownWorker { id: 98 }));
    }

    #[test]
    fn a_stamp_is_two_initials_and_the_number() {
        assert_eq!(worker(94, "Juan Carlos", "Pérez López").stamp(), "JP(94)");
        assert_eq!(worker(95, "María José", "García").stamp(), "MG(95)");
        assert_eq!(worker(12, "Ñandú", "").stamp(), "Ñ(12)");
        assert_eq!(worker(7, "élida", "ñancupil").stamp(), "ÉÑ(7)");
    }

    #[test]
    fn d17_the_number_is_the_identity_whatever_stands_before_it() {
        for (text, id) in [
            ("MR(93)", 93),
            ("MR(94)", 94),
            ("Ñ(12)", 12),
            ("Rios(93)", 93),
            (" mr( 93 ) ", 93),
            ("'MR(93)", 93),
            ("De la Paz(95)", 95),
        ] {
            assert_eq!(people().read_stamp(text).and_then(|stamp| stamp.id()), WorkerId::new(id), "{text:?}");
        }
    }

    #[test]
    fn i2_an_older_full_name_is_the_one_worker_of_that_name() {
        for text in ["Marta Ríos", "Marta Rios", "marta  ríos", "MR(93)", "Rios(93)"] {
            assert_eq!(people().read_stamp(text).and_then(|stamp| stamp.id()), WorkerId::new(93), "{text:?}");
        }
        assert_eq!(people().read_stamp("Ana Paz"), Some(Stamp::Unknown("Ana Paz".into())), "two people of one name");
    }

    #[test]
    fn i2_an_older_name_without_the_second_names_is_the_one_worker_it_fits() {
        let people = People::new(vec![
            worker(1, "Juan Carlos", "Pérez López"),
            worker(2, "Elsa Inés", "Mora Tapia"),
            worker(3, "Elsa", "Mora Rojas"),
            worker(4, "Rosa", "Vera"),
            worker(5, "Rosa María", "Vera Soto"),
        ]);
        assert_eq!(people.read_stamp("Juan Perez").and_then(|stamp| stamp.id()), WorkerId::new(1));
        assert_eq!(people.read_stamp("Elsa Mora"), Some(Stamp::Unknown("Elsa Mora".into())), "fits two people");
        assert_eq!(people.read_stamp("Rosa Vera").and_then(|stamp| stamp.id()), WorkerId::new(4), "the whole name goes first");
    }

    #[test]
    fn d17_what_is_no_stamp_and_no_name_is_nobody() {
        for text in ["93", "(93)", "MR", "MR(0)", "MR(93) x", "MR(9a)", "MR(-93)", "MR(99999999999)", "???"] {
            assert_eq!(people().read_stamp(text), None, "{text:?}");
        }
    }

    #[test]
    fn d15_repair_is_for_anyone_and_an_empty_list_of_roles_is_no_role() {
        let table = RoleTable::default();
        let nobody = worker(1, "Sin", "Rol");
        assert!(table.allows(&nobody, Operation::Repair));
        assert!(!table.allows(&nobody, Operation::Arm));
        let helper = Worker { roles: vec![Role::Ayudante], ..worker(2, "A", "B") };
        assert!(table.allows(&helper, Operation::Arm) && table.allows(&helper, Operation::Sold));
        assert!(!table.allows(&helper, Operation::Metrology));
    }
}
