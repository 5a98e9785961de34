//! Where the cursor is in a text that is being written, and may not be valid.

/// What is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// An expression, from its `$`.
    Expression(String),
    /// The name of a field.
    Key(String),
    /// The value of a field.
    Value {
        /// The name of the field.
        key: String,
        /// What is written of the value.
        start: String,
    },
}

/// The cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The keys of the objects around the cursor, from the root. Items of lists have none.
    pub(super) path: Vec<String>,
    pub(super) writing: Writing,
}

impl Cursor {
    /// Reads the text before the cursor. YAML is read by its indentation, what is in braces and brackets by those.
    pub(super) fn at(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = &before[before.rfind('\n').map_or(0, |end| end + 1)..];
        let mut open = Vec::new();
        let mut segment = String::new();
        brackets(line, &mut open, &mut segment);
        let above = &before[..before.len() - line.len()];
        let indent = column(line);
        let mut path = if segment_is_json(above, line) {
            json_path(above)
        } else {
            indented(above, indent)
        };
        path.extend(open);
        Self {
            path,
            writing: writing(&segment),
        }
    }
}

/// Returns the column of the first key of a line: after its indentation and the dashes of lists.
fn column(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '-']).len()
}

/// Returns the keys of lines above that are indented less, from the outermost.
fn indented(above: &str, indent: usize) -> Vec<String> {
    let (mut path, mut limit) = (Vec::new(), indent);
    for line in above.lines().rev() {
        let content = line.trim_start_matches([' ', '-']);
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        // The dash of a list can be as far left as the key that the list belongs to.
        let spaces = line.len() - line.trim_start_matches(' ').len();
        let at = line.len() - content.len();
        let Some((key, rest)) = content.split_once(':') else {
            continue;
        };
        let opens = rest.trim().is_empty() || rest.trim_start().starts_with(['&', '#', '!']);
        if opens
            && at < limit
            && key
                .chars()
                .all(|letter| letter.is_alphanumeric() || "_-$.\"'/{} ".contains(letter))
        {
            path.push(key.trim().trim_matches(['"', '\'']).to_owned());
            limit = at;
        } else if spaces < limit && at < limit {
            limit = at.min(limit);
        }
        if limit == 0 {
            break;
        }
    }
    path.reverse();
    path
}

/// Returns whether the cursor is inside of braces that were opened on a line above, as in JSON.
fn segment_is_json(above: &str, line: &str) -> bool {
    above.trim_start().starts_with('{') || (above.trim().is_empty() && line.trim_start().starts_with('{'))
}

fn json_path(above: &str) -> Vec<String> {
    let (mut open, mut segment) = (Vec::new(), String::new());
    brackets(above, &mut open, &mut segment);
    open
}

/// Follows braces and brackets: `open` gets the keys of those that are still open, `segment` what follows the last of
/// them or the last comma.
fn brackets(text: &str, open: &mut Vec<String>, segment: &mut String) {
    let mut stack: Vec<Option<String>> = Vec::new();
    let mut quote = None;
    for letter in text.chars() {
        if let Some(mark) = quote {
            if letter == mark {
                quote = None;
            }
            segment.push(letter);
            continue;
        }
        // `{$` opens an expression.
        match letter {
            '"' | '\'' if segment.is_empty() || segment.ends_with([' ', ':']) => {
                quote = Some(letter);
                segment.push(letter);
            }
            '{' | '[' if segment.trim().is_empty() || segment.trim_end().ends_with([':', '-']) => {
                let key = segment
                    .trim()
                    .trim_start_matches(['-', ' '])
                    .trim_end_matches(':')
                    .trim();
                let key = key.trim_matches(['"', '\'']);
                stack.push((!key.is_empty()).then(|| key.to_owned()));
                segment.clear();
            }
            '}' | ']' if !stack.is_empty() && !segment.contains("{$") => {
                stack.pop();
                segment.clear();
            }
            ',' if !stack.is_empty() => segment.clear(),
            '\n' => segment.push(' '),
            _ => segment.push(letter),
        }
    }
    open.extend(stack.into_iter().flatten());
}

fn writing(segment: &str) -> Writing {
    let is_part = |letter: char| letter.is_alphanumeric() || "_-.#/~$%".contains(letter);
    let token = &segment[segment
        .rfind(|letter| !is_part(letter))
        .map_or(0, |at| at + segment[at..].chars().next().map_or(1, char::len_utf8))..];
    if let Some(start) = token.rfind('$') {
        return Writing::Expression(token[start..].to_owned());
    }
    let content = segment.trim_start().trim_start_matches(['-', ' ']);
    match content.split_once(':') {
        Some((key, value)) => Writing::Value {
            key: key.trim().trim_matches(['"', '\'']).to_owned(),
            start: value.trim_start().trim_start_matches(['"', '\'']).to_owned(),
        },
        None => Writing::Key(content.trim_start_matches(['"', '\'']).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Writing};

    fn at(text: &str) -> (String, Writing) {
        let offset = text.find('|').unwrap_or(text.len());
        let cursor = Cursor::at(&text.replace('|', ""), offset);
        (cursor.path.join("/"), cursor.writing)
    }

    fn key(text: &str) -> Writing {
        Writing::Key(text.to_owned())
    }

    fn value(key: &str, start: &str) -> Writing {
        Writing::Value {
            key: key.to_owned(),
            start: start.to_owned(),
        }
    }

    #[test]
    fn the_keys_around_the_cursor_are_found() {
        let workflows = "workflows:\n- workflowId: w\n  steps:\n    - stepId: s\n";
        for (text, path, writing) in [
            ("ara|", "", key("ara")),
            ("info: {title: t}\n|", "", key("")),
            ("info:\n  ti|", "info", key("ti")),
            (&*format!("{workflows}      oper|"), "workflows/steps", key("oper")),
            (
                &*format!("{workflows}      operationId: add|"),
                "workflows/steps",
                value("operationId", "add"),
            ),
            (
                &*format!("{workflows}      parameters:\n      - name: a\n        i|"),
                "workflows/steps/parameters",
                key("i"),
            ),
            (
                &*format!("{workflows}      parameters:\n        - {{name: a, in: |}}"),
                "workflows/steps/parameters",
                value("in", ""),
            ),
            (
                &*format!("{workflows}      parameters: [{{name: a, |"),
                "workflows/steps/parameters",
                key(""),
            ),
            (&*format!("{workflows}  sum|"), "workflows", key("sum")),
            (&*format!("{workflows}    - |"), "workflows/steps", key("")),
            (
                &*format!("{workflows}      outputs:\n        id: $response.bo|"),
                "workflows/steps/outputs",
                Writing::Expression("$response.bo".into()),
            ),
            (
                &*format!("{workflows}      requestBody:\n        payload:\n          name: 'x {{$inputs.|"),
                "workflows/steps/requestBody/payload",
                Writing::Expression("$inputs.".into()),
            ),
            (
                "{\"workflows\": [{\"steps\": [{\"stepId\": \"a\",\n  \"oper|",
                "workflows/steps",
                key("oper"),
            ),
            (
                "{\n  \"info\": {\n    \"title\": \"t\",\n    \"ver|",
                "info",
                key("ver"),
            ),
        ] {
            assert_eq!(at(text), (path.to_owned(), writing), "{text}");
        }
    }
}
