//! Documentation of generated items, from the texts of the document.

use proc_macro2::TokenStream;
use quote::quote;

/// `#[doc]` attributes for a text of the document, or for `fallback` where it has none.
pub(super) fn docs(text: Option<&str>, fallback: &str) -> TokenStream {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let text = text.map_or_else(|| fallback.to_owned(), clean);
    plain(&text)
}

/// The text as it stands, a line a comment.
pub(super) fn plain(text: &str) -> TokenStream {
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

/// Markdown of somebody else's as rustdoc can take it: code in it is not compiled as a doctest,
/// brackets are no links to items, angle brackets no HTML, and URLs are linked.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fenced = false;
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let line = line.trim_end();
        let inner = line.trim_start();
        if let Some(rest) = inner.strip_prefix("```").or_else(|| inner.strip_prefix("~~~")) {
            out.push_str(if fenced || rest.contains('`') { "```" } else { "```text" });
            fenced = !fenced;
        } else if fenced {
            out.push_str(line);
        } else {
            escape(inner, &mut out);
        }
    }
    if fenced {
        out.push_str("\n```");
    }
    out
}

fn escape(line: &str, out: &mut String) {
    // Most lines are harmless.
    if !line.contains("http") && !b"`[]<>".iter().any(|mark| line.as_bytes().contains(mark)) {
        out.push_str(line);
        return;
    }
    let mut code = false;
    // A back-tick without a partner opens nothing.
    let paired = line.matches('`').count().is_multiple_of(2);
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        if letter == '`' && paired {
            code = !code;
        }
        if !code && (rest.starts_with("http://") || rest.starts_with("https://")) {
            let end = rest
                .find(|letter: char| letter.is_whitespace() || "<>()[]\"'`".contains(letter))
                .unwrap_or(rest.len());
            let url = rest[..end].trim_end_matches(['.', ',', ';', ':']);
            out.push_str(&format!("<{url}>"));
            rest = &rest[url.len()..];
            continue;
        }
        match letter {
            '[' | ']' | '<' | '>' if !code => {
                out.push('\\');
                out.push(letter);
            }
            '`' if !paired => out.push_str("\\`"),
            _ => out.push(letter),
        }
        rest = &rest[letter.len_utf8()..];
    }
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn foreign_markdown_is_made_harmless() {
        assert_eq!(
            clean("See [the docs] <b>now</b>."),
            "See \\[the docs\\] \\<b\\>now\\</b\\>."
        );
        assert_eq!(clean("`a[0] < b` stays"), "`a[0] < b` stays");
        assert_eq!(clean("at https://x.test/a. Go"), "at <https://x.test/a>. Go");
        assert_eq!(clean("    let x = 1;"), "let x = 1;");
        assert_eq!(clean("```rust\nlet x: [u8] = y;"), "```text\nlet x: [u8] = y;\n```");
        assert_eq!(clean("one ` only"), "one \\` only");
    }
}
