//! A tag as every screen shows it: neighbours differ in their last part, and that stands out
//! (`field-failures.md` G14).

/// The longest end that stands out, in characters: no more of it than can be seen from afar.
const END: usize = 12;

/// A tag and the end by which neighbours are told apart: what stands behind the last dash.
pub(super) fn parted(tag: &str) -> (&str, &str) {
    let dash = tag.rfind('-').map_or(0, |dash| dash + 1);
    let last = tag.char_indices().rev().nth(END - 1).map_or(0, |(at, _)| at);
    tag.split_at(dash.max(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g14_the_telling_end_of_a_tag_is_short_and_whole() {
        for (tag, parts) in [
            ("MK-1335-CW-25238-011", ("MK-1335-CW-25238-", "011")),
            ("MK-1-BOMBEO-000123456789", ("MK-1-BOMBEO-", "000123456789")),
            ("MK-1-X000123456789", ("MK-1-X", "000123456789")),
            ("ÑANDÚÑANDÚÑAN", ("Ñ", "ANDÚÑANDÚÑAN")),
            ("SUELTO", ("", "SUELTO")),
            ("MK-", ("MK-", "")),
        ] {
            assert_eq!(parted(tag), parts);
        }
    }
}
