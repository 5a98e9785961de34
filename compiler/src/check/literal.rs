//! Checks literals of the document against schemas of a description.

use crate::program::{Value, ValueKind};
use crate::schema::{Schema, Type, Types};
use crate::source::Cursor;

/// Returns the text and the type of a scalar that is written in the document.
fn scalar(value: &Value) -> Option<(&str, Type)> {
    Some(match &value.kind {
        ValueKind::Bool(true) => ("true", Type::Boolean),
        ValueKind::Bool(false) => ("false", Type::Boolean),
        ValueKind::Number(text) => (text, Type::Number),
        ValueKind::Text(text) => (text, Type::String),
        _ => return None,
    })
}

/// Returns why a literal is not valid for a schema. With `as_text`, it is sent as text, whatever its type.
pub(super) fn problem(value: &Value, schema: Schema<'_>, as_text: bool) -> Option<String> {
    let (text, kind) = scalar(value)?;
    if !schema.alternatives().is_empty() {
        return None;
    }
    if let Some(values) = schema.enumeration() {
        let same = |known: &Cursor<'_>| {
            let (Some(known_text), Some(known_kind)) = (known.scalar_text(), crate::schema::type_of(*known)) else {
                return true;
            };
            let is_number = |kind| matches!(kind, Type::Integer | Type::Number);
            // Strings are often written without quotes.
            let unquoted = kind == Type::String && schema.types().without(Type::Null).single() == Some(Type::String);
            let same_kind = as_text || known_kind == kind || unquoted || (is_number(known_kind) && is_number(kind));
            let same_number = || {
                let numbers = (known_text.parse::<f64>(), text.parse::<f64>());
                is_number(known_kind) && matches!(numbers, (Ok(left), Ok(right)) if left.total_cmp(&right).is_eq())
            };
            same_kind && (known_text == text || same_number())
        };
        if !values.iter().any(same) {
            let known: Vec<&str> = values.iter().filter_map(|value| value.scalar_text()).collect();
            let shown = super::listed(&known);
            return Some(format!("expects one of {shown}, found `{text}`"));
        }
        return None;
    }
    let wanted = schema.types().without(Type::Null);
    if as_text || kind == Type::String {
        if as_text && let Some(problem) = wrong_text(text, wanted) {
            return Some(problem);
        }
        if wanted.single() == Some(Type::String) {
            return schema.parts().into_iter().find_map(|part| wrong_string(text, part));
        }
    }
    let is_numeric = matches!(wanted.single(), Some(Type::Integer | Type::Number));
    if is_numeric && (as_text || kind == Type::Number) {
        let fraction = text.parse::<f64>().is_ok_and(|number| number.fract() != 0.0);
        if wanted.single() == Some(Type::Integer) && fraction {
            return Some(format!("expects integer, found `{text}`"));
        }
        return schema.parts().into_iter().find_map(|part| out_of_range(text, part));
    }
    None
}

/// Reports text where the schema requires a scalar of another type.
fn wrong_text(text: &str, wanted: Types) -> Option<String> {
    let fits = match wanted.single()? {
        Type::Integer => text.parse::<f64>().is_ok_and(|number| number.fract() == 0.0),
        Type::Number => text.parse::<f64>().is_ok(),
        Type::Boolean => matches!(text, "true" | "false"),
        _ => true,
    };
    (!fits).then(|| format!("expects {}, found `{text}`", wanted.words()))
}

/// Checks a string against the format, the length and the pattern of its schema.
fn wrong_string(text: &str, part: Schema<'_>) -> Option<String> {
    let word = |key: &str| part.at.get(key)?.as_str();
    let format = word("format").unwrap_or("");
    let fits = match format {
        "date" => is_date(text),
        "date-time" => is_date_time(text),
        "uuid" => is_uuid(text),
        "ipv4" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        _ => true,
    };
    if !fits {
        return Some(format!("expects the format `{format}`, found `{text}`"));
    }
    let length = text.chars().count();
    let limit = |key: &str| part.at.get(key)?.scalar_text()?.parse::<usize>().ok();
    if let Some(least) = limit("minLength").filter(|least| length < *least) {
        return Some(format!("expects at least {least} characters, found `{text}`"));
    }
    if let Some(most) = limit("maxLength").filter(|most| length > *most) {
        return Some(format!("expects at most {most} characters, found `{text}`"));
    }
    let pattern = word("pattern")?;
    (crate::engine::is_found(pattern, text) == Some(false))
        .then(|| format!("expects text that matches the pattern `{pattern}`, found `{text}`"))
}

/// Checks a number against the limits of its schema. In OpenAPI 3.0, `exclusiveMinimum` is a flag.
fn out_of_range(text: &str, part: Schema<'_>) -> Option<String> {
    let number: f64 = text.parse().ok()?;
    let limit = |key: &str| part.at.get(key)?.scalar_text()?.parse::<f64>().ok();
    let flag = |key: &str| part.at.get(key).and_then(Cursor::as_bool) == Some(true);
    let (least, most) = (limit("minimum"), limit("maximum"));
    let above = limit("exclusiveMinimum").or(least.filter(|_| flag("exclusiveMinimum")));
    let below = limit("exclusiveMaximum").or(most.filter(|_| flag("exclusiveMaximum")));
    if let Some(least) = least.filter(|least| number < *least) {
        return Some(format!("expects at least {least}, found `{text}`"));
    }
    if let Some(most) = most.filter(|most| number > *most) {
        return Some(format!("expects at most {most}, found `{text}`"));
    }
    if let Some(above) = above.filter(|above| number <= *above) {
        return Some(format!("expects more than {above}, found `{text}`"));
    }
    if let Some(below) = below.filter(|below| number >= *below) {
        return Some(format!("expects less than {below}, found `{text}`"));
    }
    let int32 = part.at.get("format").and_then(Cursor::as_str) == Some("int32");
    (int32 && (number < f64::from(i32::MIN) || number > f64::from(i32::MAX)))
        .then(|| format!("expects the format `int32`, found `{text}`"))
}

fn digits(text: &str, count: usize) -> Option<u32> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// `full-date` of RFC 3339, section 5.6.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let (Some(_), Some(month), Some(day)) = (digits(year, 4), digits(month, 2), digits(day, 2)) else {
        return false;
    };
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

/// `date-time` of RFC 3339, section 5.6.
fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't', ' ']) else {
        return false;
    };
    let zone = time.find(['Z', 'z', '+', '-']).map(|at| time.split_at(at));
    let Some((clock, zone)) = zone else { return false };
    let offset = zone.eq_ignore_ascii_case("z") || {
        let parts: Vec<&str> = zone.get(1..).unwrap_or("").split(':').collect();
        matches!(parts.as_slice(), [hours, minutes] if digits(hours, 2).is_some() && digits(minutes, 2).is_some())
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let parts: Vec<Option<u32>> = clock.split(':').map(|part| digits(part, 2)).collect();
    let in_day = matches!(parts.as_slice(), [Some(hours), Some(minutes), Some(seconds)]
        if *hours < 24 && *minutes < 60 && *seconds <= 60);
    let fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    is_date(date) && in_day && fraction && offset
}

/// RFC 9562, section 4.
fn is_uuid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_rfc_3339_and_9562() {
        for good in [
            "1985-04-12T23:20:50.52Z",
            "1996-12-19T16:39:57-08:00",
            "1990-12-31T23:59:60Z",
        ] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in [
            "1985-04-12",
            "1985-04-12T23:20:50",
            "1985-13-12T23:20:50Z",
            "1985-04-12T24:20:50Z",
            "now",
        ] {
            assert!(!is_date_time(bad), "{bad}");
        }
        assert!(is_date("2026-02-28") && !is_date("2026-2-28") && !is_date("28.02.2026"));
        assert!(is_uuid("f81d4fae-7dec-11d0-a765-00a0c91e6bf6") && !is_uuid("f81d4fae"));
    }
}
