//! `Estado_Detalle`: the one spelling that is written, and every spelling that is read.
//!
//! The text is a rendering. Of ARM and SOLD it decides nothing; of metrology and repair it is the
//! only place in the workbook that tells a rejection from a repair (`design.md` 3).

use super::cell::fold;
use super::operation::{Operation, Progress};

/// What a text says about metrology and repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// `METROLOGIA APROBADO ✓`.
    Approved,
    /// `RECHAZADO (Ciclo 1/3) - Pendiente reparación`; older texts carry no cycle.
    Rejected(Option<u32>),
    /// `BLOQUEADO - Contactar supervisor`.
    Blocked,
    /// `EN_REPARACION (Ciclo 2/3) - Ocupado: MR(93)`.
    InRepair(Option<u32>),
    /// `REPARACION_PAUSADA (Ciclo 2/3)`.
    RepairPaused(Option<u32>),
    /// `PENDIENTE_METROLOGIA`: repaired, waits for another verdict.
    Pending,
}

impl Verdict {
    /// The cycle that the text names, if it names one.
    pub fn cycle(self) -> Option<u32> {
        match self {
            Verdict::Rejected(cycle) | Verdict::InRepair(cycle) | Verdict::RepairPaused(cycle) => cycle,
            _ => None,
        }
    }
}

/// Reads what a text of any generation says about metrology and repair; `None` when it speaks of
/// ARM and SOLD only, or of nothing known (`domain.md` 5).
pub fn read(text: &str) -> Option<Verdict> {
    // Words only, so that METROLOGIA_APROBADO and METROLOGIA APROBADO agree.
    let words: String = fold(text).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words = format!(" {} ", words.split_whitespace().collect::<Vec<_>>().join(" "));
    let has = |part: &str| words.contains(part);
    let cycle = cycle_of(&words);
    // Order matters: a repaired spool's text names both the repair and the metrology it waits for.
    if has(" bloqueado ") {
        Some(Verdict::Blocked)
    } else if has(" en reparacion ") {
        Some(Verdict::InRepair(cycle))
    } else if has(" reparacion pausada ") {
        Some(Verdict::RepairPaused(cycle))
    } else if has(" rechazado ") {
        Some(Verdict::Rejected(cycle))
    } else if has(" metrologia aprobado ") {
        Some(Verdict::Approved)
    } else if has(" pendiente metrologia ") || has(" metrologia pendiente ") || has(" en cola metrologia ") {
        Some(Verdict::Pending)
    } else {
        None
    }
}

/// The operation that a text of occupation names: `MR(93) trabajando ARM (…)`.
pub fn read_operation(text: &str) -> Option<Operation> {
    if let Some(Verdict::InRepair(_)) = read(text) {
        return Some(Operation::Repair);
    }
    let folded = fold(text);
    let (_, after) = folded.split_once("trabajando ")?;
    Operation::read(after.split_whitespace().next()?)
}

fn cycle_of(words: &str) -> Option<u32> {
    let (_, after) = words.split_once("ciclo ")?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// `MR(93) trabajando ARM (ARM en progreso, SOLD pendiente)`.
pub fn working(stamp: &str, operation: Operation, arm: Progress, sold: Progress) -> String {
    format!("{stamp} trabajando {operation} (ARM {}, SOLD {})", word(arm), word(sold))
}

/// `Disponible - ARM pausado, SOLD pendiente`.
pub fn available(arm: Progress, sold: Progress) -> String {
    format!("Disponible - ARM {}, SOLD {}", word(arm), word(sold))
}

/// `METROLOGIA APROBADO ✓`.
pub fn approved() -> String {
    "METROLOGIA APROBADO ✓".into()
}

/// `RECHAZADO (Ciclo 1/3) - Pendiente reparación`; `max` 0 is no limit.
pub fn rejected(cycle: u32, max: u32) -> String {
    format!("RECHAZADO ({}) - Pendiente reparación", of_max(cycle, max))
}

/// `BLOQUEADO - Contactar supervisor`.
pub fn blocked() -> String {
    "BLOQUEADO - Contactar supervisor".into()
}

/// `EN_REPARACION (Ciclo 2/3) - Ocupado: MR(93)`.
pub fn in_repair(cycle: u32, max: u32, stamp: &str) -> String {
    format!("EN_REPARACION ({}) - Ocupado: {stamp}", of_max(cycle, max))
}

/// `REPARACION_PAUSADA (Ciclo 2/3)`.
pub fn repair_paused(cycle: u32, max: u32) -> String {
    format!("REPARACION_PAUSADA ({})", of_max(cycle, max))
}

/// `PENDIENTE_METROLOGIA`.
pub fn pending_metrology() -> String {
    "PENDIENTE_METROLOGIA".into()
}

fn of_max(cycle: u32, max: u32) -> String {
    match max {
        0 => format!("Ciclo {cycle}"),
        _ => format!("Ciclo {cycle}/{max}"),
    }
}

fn word(progress: Progress) -> &'static str {
    match progress {
        Progress::Pending => "pendiente",
        Progress::InProgress => "en progreso",
        Progress::Paused => "pausado",
        Progress::Done => "completado",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d14_every_spelling_of_the_corpus_is_read() {
        use Verdict::*;
        for (text, expected) in [
            ("MR(93) trabajando ARM (ARM en progreso, SOLD pendiente)", None),
            ("Disponible - ARM completado, SOLD pendiente", None),
            ("Disponible - ARM pausado, SOLD pendiente", None),
            ("Disponible - ARM en progreso, SOLD pendiente", None),
            ("Disponible - ARM completo, SOLD completo", None),
            ("Disponible - ARM completado, SOLD parcial (pausado)", None),
            ("Disponible - ARM completado, SOLD completado, Metrología pendiente", Some(Pending)),
            ("Disponible - ARM completado, SOLD completado, METROLOGIA APROBADO ✓", Some(Approved)),
            ("METROLOGIA_APROBADO ✓", Some(Approved)),
            ("METROLOGIA APROBADO ✓", Some(Approved)),
            ("METROLOGIA RECHAZADO - Pendiente reparación", Some(Rejected(None))),
            ("RECHAZADO (Ciclo 1/3) - Pendiente reparación", Some(Rejected(Some(1)))),
            ("RECHAZADO (Ciclo 12) - Pendiente reparacion", Some(Rejected(Some(12)))),
            ("BLOQUEADO - Contactar supervisor", Some(Blocked)),
            ("EN_REPARACION (Ciclo 2/3) - Ocupado: MR(93)", Some(InRepair(Some(2)))),
            ("REPARACION_PAUSADA (Ciclo 2/3)", Some(RepairPaused(Some(2)))),
            ("PENDIENTE_METROLOGIA", Some(Pending)),
            ("REPARACION completado - PENDIENTE_METROLOGIA", Some(Pending)),
            ("En Cola Metrología", Some(Pending)),
            ("", None),
            ("cualquier cosa", None),
        ] {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_back_as_the_same() {
        assert_eq!(read(&approved()), Some(Verdict::Approved));
        assert_eq!(read(&rejected(2, 3)), Some(Verdict::Rejected(Some(2))));
        assert_eq!(read(&rejected(4, 0)), Some(Verdict::Rejected(Some(4))));
        assert_eq!(read(&blocked()), Some(Verdict::Blocked));
        assert_eq!(read(&in_repair(1, 3, "MR(93)")), Some(Verdict::InRepair(Some(1))));
        assert_eq!(read(&repair_paused(1, 3)), Some(Verdict::RepairPaused(Some(1))));
        assert_eq!(read(&pending_metrology()), Some(Verdict::Pending));
    }

    #[test]
    fn the_operation_in_course_can_be_read_from_the_text() {
        let text = working("MR(93)", Operation::Sold, Progress::Done, Progress::InProgress);
        assert_eq!(text, "MR(93) trabajando SOLD (ARM completado, SOLD en progreso)");
        assert_eq!(read_operation(&text), Some(Operation::Sold));
        assert_eq!(read_operation(&in_repair(1, 3, "MR(93)")), Some(Operation::Repair));
        assert_eq!(read_operation("Disponible - ARM pausado, SOLD pendiente"), None);
    }
}
