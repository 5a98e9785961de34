//! Documentation of generated items, from the texts of the document.
//!
//! Rustdoc compiles every fenced or indented code block as a test unless it has another label, and the texts are
//! third-party Markdown. Therefore, no block structure of such a text is kept except fences, which are rewritten here
//! with the label `text` and longer than any fence inside. Ids are written as code on one line.

use super::code::{Code, quote};

use crate::diagnostic::is_hidden;

/// `#[doc]` attributes for a text of the document or, if it has none, for our own sentence `fallback`.
pub(super) fn docs(text: Option<&str>, fallback: &str) -> Code {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let text = text.map_or_else(|| fallback.to_owned(), clean);
    plain(&text)
}

/// The text unchanged, one attribute per line.
pub(super) fn plain(text: &str) -> Code {
    let lines = text.lines().map(|line| {
        let line = if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        };
        quote!(#[doc = #line])
    });
    quote!(#(#lines)*)
}

/// A name from the document, as code on one line, for use in our own sentences.
pub(super) fn name(name: &str) -> String {
    let line = one_line(name);
    if !line.contains('`') && !line.trim().is_empty() {
        return format!("`{line}`");
    }
    // Markdown allows a backslash before any ASCII punctuation.
    let mut escaped = String::from("\"");
    for letter in line.chars() {
        if letter.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped.push('"');
    escaped
}

/// Our own text that contains names from the document, as a block without formatting.
pub(super) fn block(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| one_line(line)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    fenced(&lines)
}

/// Replaces everything that starts a line or hides text by a space.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_control() || is_hidden(letter) {
                ' '
            } else {
                letter
            }
        })
        .collect()
}

/// Length of the longest run of `mark` in a line.
fn longest_run(line: &str, mark: char) -> usize {
    line.split(|letter| letter != mark).map(str::len).max().unwrap_or(0)
}

/// Puts lines into a code block that none of them can close.
fn fenced(lines: &[&str]) -> String {
    let longest = lines.iter().map(|line| longest_run(line, '`')).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let mut out = format!("{fence}text\n");
    for line in lines {
        out.push_str(line);
        out.push('\n');
    }
    out + &fence
}

/// Makes third-party Markdown safe for rustdoc: its code is never a doctest, brackets do not link to items, angle
/// brackets are text, and URLs are links.
fn clean(text: &str) -> String {
    // A carriage return also ends a line of Markdown (CommonMark, section 2.1).
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut out: Vec<String> = Vec::new();
    let mut lines = text.split('\n');
    while let Some(line) = lines.next() {
        if is_harmless(line) {
            out.push(line.to_owned());
            continue;
        }
        let line = line.replace('\t', "    ");
        let Some((mark, length)) = fence(&line) else {
            out.push(escape(&one_line(&line)));
            continue;
        };
        let inside: Vec<String> = lines
            .by_ref()
            .map(|line| line.replace('\t', "    "))
            .take_while(|line| !closes(line, mark, length))
            .map(|line| one_line(&line).trim_end().to_owned())
            .collect();
        let inside: Vec<&str> = inside.iter().map(String::as_str).collect();
        out.push(fenced(&inside));
    }
    out.join("\n")
}

/// Returns whether a line has no special characters. Most lines have none, and the macro runs without optimisation.
fn is_harmless(line: &str) -> bool {
    let means = |byte: &u8| *byte < b' ' || *byte >= 0x7f || b"`[]<>~\\".contains(byte);
    !line.contains("  ")
        && !line.contains("http")
        && !line.starts_with(' ')
        && !line.ends_with(' ')
        && !line.as_bytes().iter().any(means)
}

/// The mark and the length of the fence that a line opens (`CommonMark`, section 4.5).
fn fence(line: &str) -> Option<(char, usize)> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let rest = line.trim_start_matches(mark);
    let length = line.len() - rest.len();
    (length >= 3 && !(mark == '`' && rest.contains('`'))).then_some((mark, length))
}

fn closes(line: &str, mark: char, length: usize) -> bool {
    let line = line.trim();
    line.len() >= length && line.chars().all(|letter| letter == mark)
}

/// Escapes a line outside of code blocks. Runs of spaces are collapsed: four spaces after a list marker would start a
/// code block.
fn escape(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let line = words.join(" ");
    let mut out = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some(letter) = rest.chars().next() {
        if rest.starts_with("http://") || rest.starts_with("https://") {
            let end = rest
                .find(|letter: char| letter.is_whitespace() || "<>()[]\"'`\\".contains(letter))
                .unwrap_or(rest.len());
            let url = rest[..end].trim_end_matches(['.', ',', ';', ':']);
            out.push_str(&format!("<{url}>"));
            rest = &rest[url.len()..];
            continue;
        }
        if letter == '\\' {
            // Escaped characters stay escaped; any other backslash is text.
            let escaped = rest[1..].chars().next().filter(char::is_ascii_punctuation);
            out.push('\\');
            out.push(escaped.unwrap_or('\\'));
            rest = &rest[1 + escaped.map_or(0, char::len_utf8)..];
            continue;
        }
        if letter == '`' {
            let run = rest.len() - rest.trim_start_matches('`').len();
            let (marks, after) = rest.split_at(run);
            // Code that starts and ends on this line; a longer run could open a block.
            if let Some(end) = (run < 3).then(|| closing(after, run)).flatten() {
                out.push_str(&rest[..run + end + run]);
                rest = &after[end + run..];
            } else {
                out.push_str(&"\\`".repeat(marks.len()));
                rest = after;
            }
            continue;
        }
        if matches!(letter, '[' | ']' | '<' | '>' | '~') {
            out.push('\\');
        }
        out.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    out
}

/// Finds the start of the next run of exactly `run` back-ticks.
fn closing(text: &str, run: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text.get(at..)?.find('`') {
        let start = at + found;
        let length = text[start..].len() - text[start..].trim_start_matches('`').len();
        if length == run {
            return Some(start);
        }
        at = start + length;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn third_party_markdown_is_made_harmless() {
        for (text, expected) in [
            ("See [the docs] <b>now</b>.", "See \\[the docs\\] \\<b\\>now\\</b\\>."),
            ("`a[0] < b` stays", "`a[0] < b` stays"),
            ("``a`[0]`` stays", "``a`[0]`` stays"),
            ("at https://x.test/a. Go", "at <https://x.test/a>. Go"),
            ("    let x = 1;", "let x = 1;"),
            ("-     let x = 1;", "- let x = 1;"),
            ("1.\t\tlet x = 1;", "1. let x = 1;"),
            ("```rust\nlet x: [u8] = y;", "```text\nlet x: [u8] = y;\n```"),
            ("````rust\n```\nx\n````", "````text\n```\nx\n````"),
            ("~~~\n```\n~~~~\nafter", "````text\n```\n````\nafter"),
            ("``` a ` b", "\\`\\`\\` a \\` b"),
            ("- ~~~\n  x", "- \\~\\~\\~\nx"),
            ("- ```\n  x", "- \\`\\`\\`\nx"),
            ("> ```", "\\> \\`\\`\\`"),
            ("one\r```\rtwo", "one\n```text\ntwo\n```"),
            ("one ` only", "one \\` only"),
            (r"\`[a]` \[b\] \c \", r"\`\[a\]\` \[b\] \\c \\"),
            ("a\u{202e}b\u{2028}c", "a b c"),
        ] {
            assert_eq!(clean(text), expected, "{text:?}");
        }
    }

    /// Checks with rustdoc's own parser: no code block except ours, no HTML, no link except URLs.
    fn assert_harmless(text: &str, cleaned: &str) {
        use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag};
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_SMART_PUNCTUATION;
        for event in Parser::new_ext(cleaned, options) {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(label))) if &*label == "text" => {}
                Event::Start(Tag::Link {
                    link_type: LinkType::Autolink,
                    ..
                }) => {}
                Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::Link { .. } | Tag::Image { .. })
                | Event::Html(_)
                | Event::InlineHtml(_) => panic!("{event:?} in {cleaned:?} from {text:?}"),
                _ => {}
            }
        }
    }

    /// Tests every way in which a line can start or end a block, in random order.
    #[test]
    fn no_text_becomes_a_code_block() {
        const PIECES: [&str; 44] = [
            "```",
            "````",
            "`````",
            "~~~",
            "~~~~",
            "`",
            "``",
            "```rust",
            "~~~ rust",
            "``` a`b",
            "\n",
            "\n",
            "\n",
            "\n\n",
            "\r",
            "\r\n",
            "\t",
            " ",
            "    ",
            "     fn main() {}",
            "- ",
            "* ",
            "+ ",
            "1. ",
            "10) ",
            "> ",
            ">",
            "# ",
            "---",
            "===",
            "<div>",
            "<!--",
            "-->",
            "[a]: b",
            "[x](y)",
            "![x](y)",
            "[^1]",
            "| a |",
            "|---|",
            "\\",
            "x",
            "https://x.test/`a",
            "\u{b}",
            "\u{2028}",
        ];
        let mut state = 1_u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..12 {
                // Knuth, The Art of Computer Programming, 3.3.4.
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                text.push_str(PIECES[usize::try_from(state >> 33).unwrap() % PIECES.len()]);
            }
            assert_harmless(&text, &clean(&text));
            assert_harmless(&text, &format!("The input {}.", name(&text)));
            assert_harmless(&text, &name(&text));
            assert_harmless(&text, &block(&[text.clone(), "x".to_owned()]));
        }
    }

    #[test]
    fn names_are_code_on_one_line() {
        for (id, expected) in [
            ("createUser", "`createUser`"),
            ("a\n```\nfn", "\"a \\`\\`\\` fn\""),
            ("[a](b) <c>", "`[a](b) <c>`"),
            ("a\nb", "`a b`"),
            ("```", "\"\\`\\`\\`\""),
            (" ", "\" \""),
        ] {
            assert_eq!(name(id), expected, "{id:?}");
        }
        assert_eq!(
            block(&["```".to_owned(), "a\nb".to_owned()]),
            "````text\n```\na b\n````"
        );
    }
}
