//! Text of others, as one line that is safe to show.

/// Text of one line, at most `most` bytes long, without control characters and without those that reverse its direction; none if
/// nothing is left. EXIF's copyright may be two, the photographer's and the editor's, with a zero between them.
pub(super) fn line(text: &[u8], most: usize) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let reverses = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let words: Vec<&str> = text
        .split(|c: char| c.is_control() || c.is_whitespace() || reverses(c))
        .filter(|word| !word.is_empty())
        .collect();
    let mut line = words.join(" ");
    while line.len() > most {
        line.pop();
    }
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn text_is_one_line_without_what_steers_a_terminal() {
        for (text, want) in [
            (&b"  (c)\0 Ann\r\n\x1b[31m "[..], Some("(c) Ann [31m")),
            ("a\u{202e}b\u{2069}".as_bytes(), Some("a b")),
            ("ää".as_bytes(), Some("ä")),
            (b"\xff\n", Some("\u{fffd}")),
            (b" \0\n", None),
        ] {
            let most = if want == Some("ä") { 3 } else { 100 };
            assert_eq!(line(text, most).as_deref(), want, "{text:?}");
        }
    }
}
