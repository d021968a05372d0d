//! The columns of `Operaciones` that spoolboard reads, found by header name and never by place.

use super::cell::{Cell, is_blank};
use std::ops::{Index, IndexMut};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use uuid::Uuid;

/// A tracked column of `Operaciones`; all others are the office's and are kept as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // each is documented by its header below
pub enum Column {
    Nv,
    Ot,
    Tag,
    Materials,
    ArmWorker,
    ArmDate,
    SoldWorker,
    SoldDate,
    QcDate,
    OccupiedBy,
    OccupiedSince,
    Version,
    Detail,
}

impl Column {
    /// How many there are: the width of a [`Row`].
    pub const COUNT: usize = 13;

    /// All of them, in the order of [`Row`].
    pub const ALL: [Column; Column::COUNT] = [
        Column::Nv,
        Column::Ot,
        Column::Tag,
        Column::Materials,
        Column::ArmWorker,
        Column::ArmDate,
        Column::SoldWorker,
        Column::SoldDate,
        Column::QcDate,
        Column::OccupiedBy,
        Column::OccupiedSince,
        Column::Version,
        Column::Detail,
    ];

    /// The header as the plant writes it (`domain.md` 1.1).
    pub fn header(self) -> &'static str {
        match self {
            Column::Nv => "NV",
            Column::Ot => "OT",
            Column::Tag => "TAG_SPOOL",
            Column::Materials => "Fecha_Materiales",
            Column::ArmWorker => "Armador",
            Column::ArmDate => "Fecha_Armado",
            Column::SoldWorker => "Soldador",
            Column::SoldDate => "Fecha_Soldadura",
            Column::QcDate => "Fecha_QC_Metrología",
            Column::OccupiedBy => "Ocupado_Por",
            Column::OccupiedSince => "Fecha_Ocupacion",
            Column::Version => "version",
            Column::Detail => "Estado_Detalle",
        }
    }

    /// Without it nothing may be written (`design.md` 5.6).
    pub fn is_critical(self) -> bool {
        !matches!(self, Column::Nv | Column::Ot | Column::QcDate | Column::Version | Column::Detail)
    }

    /// Whether the app itself writes this column; an import never overwrites such a cell.
    pub fn is_ours(self) -> bool {
        !matches!(self, Column::Nv | Column::Ot | Column::Tag | Column::Materials)
    }

    /// How the workbook shows a number in this column, if it is a date.
    pub fn date_format(self) -> Option<&'static str> {
        match self {
            Column::Materials | Column::ArmDate | Column::SoldDate | Column::QcDate => Some("dd-mm-yyyy"),
            Column::OccupiedSince => Some("dd-mm-yyyy hh:mm:ss"),
            _ => None,
        }
    }

    /// The column whose header normalises to the same name, if it is one of ours.
    pub fn from_header(header: &str) -> Option<Column> {
        let wanted = normalise(header);
        Column::ALL.into_iter().find(|column| normalise(column.header()) == wanted)
    }
}

/// A header name reduced to what makes it that name: compatibility-decomposed, without accents,
/// lower case, without blanks, `_`, `/` and `-` (`field-failures.md` B4).
pub fn normalise(header: &str) -> String {
    header
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !is_blank(*c) && !matches!(c, '_' | '/' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The tracked cells of one row, by column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row([Cell; Column::COUNT]);

impl Index<Column> for Row {
    type Output = Cell;
    fn index(&self, column: Column) -> &Cell {
        &self.0[column as usize]
    }
}

impl IndexMut<Column> for Row {
    fn index_mut(&mut self, column: Column) -> &mut Cell {
        &mut self.0[column as usize]
    }
}

impl Row {
    /// Whether a person would see anything in it.
    pub fn holds_any(&self) -> bool {
        self.0.iter().any(|cell| !cell.is_blank())
    }

    /// The columns in which two rows differ.
    pub fn differences(&self, other: &Row) -> Vec<Column> {
        Column::ALL.into_iter().filter(|column| self[*column] != other[*column]).collect()
    }

    /// A short name of what the row holds: two readings of one content have the same.
    pub fn print(&self) -> Uuid {
        let text = |cell: &Cell| match cell {
            // A date may lose its last digits on the way, an error has two spellings.
            Cell::Number(n) | Cell::Date(n) => format!("{n:.4}"),
            Cell::Error(_) => "#".into(),
            other => other.display(),
        };
        Uuid::new_v5(&Uuid::NAMESPACE_OID, self.0.each_ref().map(text).join("\u{1f}").as_bytes())
    }

    /// This row after `cells` have been written into it.
    pub fn with(&self, cells: &[(Column, Cell)]) -> Row {
        let mut row = self.clone();
        for (column, cell) in cells {
            row[*column] = cell.clone();
        }
        row
    }
}

/// Where each tracked column stands in one header line, and what is wrong with that line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    places: [Option<usize>; Column::COUNT],
    /// Names that stand twice after normalising; the first one is used.
    pub repeated: Vec<String>,
    /// `TAG_SPOOL` is missing and `SPLIT` is read in its place (`field-failures.md` B3).
    pub tag_from_split: bool,
}

impl Header {
    /// Resolves a header line by name, whatever the order (`field-failures.md` B1, B5).
    pub fn read<S: AsRef<str>>(names: &[S]) -> Header {
        let normal: Vec<String> = names.iter().map(|name| normalise(name.as_ref())).collect();
        let place = |name: &str| {
            let wanted = normalise(name);
            normal.iter().position(|found| *found == wanted)
        };
        let mut header = Header::default();
        for column in Column::ALL {
            header.places[column as usize] = place(column.header());
        }
        if header.place(Column::Tag).is_none() {
            header.places[Column::Tag as usize] = place("SPLIT");
            header.tag_from_split = header.place(Column::Tag).is_some();
        }
        for (index, name) in normal.iter().enumerate() {
            let shown = names[index].as_ref().to_owned();
            if !name.is_empty() && normal[..index].contains(name) && !header.repeated.contains(&shown) {
                header.repeated.push(shown);
            }
        }
        header
    }

    /// The 0-based place of a column, if the sheet has it.
    pub fn place(&self, column: Column) -> Option<usize> {
        self.places[column as usize]
    }

    /// The columns without which nothing may be written, that this header lacks.
    pub fn missing_critical(&self) -> Vec<Column> {
        self.missing().filter(|column| column.is_critical()).collect()
    }

    /// The columns whose absence only switches a feature off, that this header lacks.
    pub fn missing_optional(&self) -> Vec<Column> {
        self.missing().filter(|column| !column.is_critical()).collect()
    }

    /// Picks the tracked cells out of a whole row. A short row is padded: the workbook's readers
    /// drop trailing empty cells (`field-failures.md` A12).
    pub fn row(&self, mut cells: Vec<Cell>) -> Row {
        let mut row = Row::default();
        for column in Column::ALL {
            row[column] = match self.place(column) {
                // No two columns stand at one place: each is found by a name of its own.
                Some(place) => cells.get_mut(place).map(std::mem::take).unwrap_or_default(),
                None => Cell::Missing,
            };
        }
        row
    }

    fn missing(&self) -> impl Iterator<Item = Column> + '_ {
        Column::ALL.into_iter().filter(|column| self.place(*column).is_none() || (*column == Column::Tag && self.tag_from_split))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plant_header() -> Vec<String> {
        Column::ALL.iter().map(|column| column.header().to_owned()).collect()
    }

    #[test]
    fn b4_headers_resolve_alike_whatever_accents_blanks_and_case() {
        for spelling in [
            "Fecha_QC_Metrología",
            "FECHA QC METROLOGIA",
            "fecha_qc_metrologia ",
            "Fecha-QC/Metrologi\u{301}a",
            "Fecha\u{a0}QC\u{a0}Metrología",
        ] {
            assert_eq!(Column::from_header(spelling), Some(Column::QcDate), "{spelling:?}");
        }
        assert_eq!(Column::from_header("Fecha_QC_Pintura"), None);
    }

    #[test]
    fn b4_two_headers_of_one_name_are_reported() {
        let header = Header::read(&["TAG_SPOOL", "Armador", "ARMADOR "]);
        assert_eq!(header.repeated, ["ARMADOR "]);
        assert_eq!(header.place(Column::ArmWorker), Some(1));
    }

    #[test]
    fn b1_a_shuffled_header_with_foreign_columns_finds_every_column() {
        let mut names = plant_header();
        names.reverse();
        names.insert(3, "MatSys".into());
        names.insert(0, "id".into());
        let header = Header::read(&names);
        for column in Column::ALL {
            let place = header.place(column).unwrap();
            assert_eq!(names[place], column.header());
        }
        assert!(header.missing_critical().is_empty() && header.missing_optional().is_empty());
    }

    #[test]
    fn b3_split_stands_in_for_a_missing_tag_and_says_so() {
        let mut names = plant_header();
        names.insert(0, "SPLIT".into());
        assert!(!Header::read(&names).tag_from_split);
        names.retain(|name| name != "TAG_SPOOL");
        let alias = Header::read(&names);
        assert!(alias.tag_from_split && alias.place(Column::Tag) == Some(0));
        assert_eq!(alias.missing_critical(), [Column::Tag]);
        names.remove(0);
        assert_eq!(Header::read(&names).missing_critical(), [Column::Tag]);
    }

    #[test]
    fn b10_each_missing_column_is_critical_or_only_a_feature() {
        for gone in Column::ALL {
            let names: Vec<String> = plant_header().into_iter().filter(|name| name != gone.header()).collect();
            let header = Header::read(&names);
            let expected = [gone];
            match gone.is_critical() {
                true => assert_eq!(header.missing_critical(), expected),
                false => assert_eq!(header.missing_optional(), expected),
            }
        }
    }

    #[test]
    fn a12_a_short_row_is_padded_and_a_missing_column_is_not_an_empty_one() {
        let header = Header::read(&["NV", "TAG_SPOOL", "Ocupado_Por"]);
        let row = header.row(vec![Cell::text("NV0650")]);
        assert_eq!(row[Column::Nv], Cell::text("NV0650"));
        assert_eq!(row[Column::OccupiedBy], Cell::Empty);
        assert_eq!(row[Column::Version], Cell::Missing);
    }
}
