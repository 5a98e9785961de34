//! Reading and writing structs by tables of their members.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::data::{Data, datum, deeper, object};
use super::fault::Fault;
use super::view::View;
use crate::json::datum::Datum;
use crate::json::scan::{blank, key, skip};

/// The description of a struct.
#[derive(Debug)]
pub struct Table {
    /// The Rust name of the struct.
    pub name: &'static str,
    /// Whether members that are not in the table are kept.
    pub open: bool,
    /// The members, in the order of the fields.
    pub members: &'static [Member],
}

/// A member of an object, and its field.
#[derive(Debug)]
pub struct Member {
    /// The name of the field.
    pub field: &'static str,
    /// The name in JSON.
    pub name: &'static str,
    /// Whether `Debug` hides the value.
    pub secret: bool,
    /// Whether an absent value is written as null instead of being left out.
    pub always: bool,
}

impl Member {
    /// Describes a member.
    #[must_use]
    pub const fn new(field: &'static str, name: &'static str) -> Self {
        Self {
            field,
            name,
            secret: false,
            always: false,
        }
    }

    /// Hides the value in `Debug`.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Writes the member even if its value is absent.
    #[must_use]
    pub const fn always(mut self) -> Self {
        self.always = true;
        self
    }
}

/// Members that a schema does not name.
pub type Additional = BTreeMap<String, Value>;

/// A callback for the values of the fields, and the members that the schema does not name.
pub type Take<'t, 's> = &'t mut dyn FnMut(&[View<'s>], Option<&'s Additional>);

/// A struct that can be written, whatever its type.
pub trait Fields {
    /// Returns the table of the struct.
    fn table(&self) -> &'static Table;

    /// Passes the values of the fields to `take`, in order.
    fn views<'s>(&'s self, take: Take<'_, 's>);
}

impl dyn Fields + '_ {
    /// Returns the value of one field.
    pub(crate) fn field(&self, index: usize) -> View<'_> {
        let mut found = View::Absent;
        self.views(&mut |views, _| found = views.get(index).copied().unwrap_or(View::Absent));
        found
    }
}

/// A struct that can be read and written.
pub trait Record: fmt::Debug + Sized {
    /// The table of the struct.
    const TABLE: &'static Table;

    /// Builds the struct from the members that were read. Returns `None` if one is missing or has a different type;
    /// `members` then contains the fault.
    fn build(members: &mut Members<'_>) -> Option<Self>;

    /// Passes the values of the fields to `take`, in order.
    fn views<'s>(&'s self, take: Take<'_, 's>);
}

impl<T: Record> Fields for T {
    fn table(&self) -> &'static Table {
        T::TABLE
    }

    fn views<'s>(&'s self, take: Take<'_, 's>) {
        Record::views(self, take);
    }
}

impl<T: Record> Data for T {
    fn read(value: &Datum<'_>, levels: usize) -> Result<Self, Fault> {
        record(value, levels)
    }

    fn view(&self) -> View<'_> {
        View::Record(self)
    }
}

/// Reads a struct.
///
/// # Errors
/// The value is not an object, or a member is missing or has a different type.
fn record<T: Record>(value: &Datum<'_>, levels: usize) -> Result<T, Fault> {
    let mut members = Members::read(T::TABLE, value, levels)?;
    match T::build(&mut members) {
        Some(record) => Ok(record),
        None => Err(members.fault()),
    }
}

/// The members of an object for the fields of a struct.
#[derive(Debug)]
pub struct Members<'v> {
    table: &'static Table,
    values: Vec<Option<Datum<'v>>>,
    additional: Option<Additional>,
    levels: usize,
    next: usize,
    fault: Option<Fault>,
}

impl<'v> Members<'v> {
    /// Creates members from known values.
    pub(crate) fn of(table: &'static Table, values: Vec<Option<Datum<'v>>>) -> Self {
        Self {
            table,
            values,
            additional: None,
            levels: super::data::LEVELS - 1,
            next: 0,
            fault: None,
        }
    }

    /// Reads an object.
    ///
    /// # Errors
    /// The value is not an object, or has a duplicate member.
    pub fn read(table: &'static Table, value: &'v Datum<'_>, levels: usize) -> Result<Self, Fault> {
        let Some(json) = object(value) else {
            return Err(Fault::new(format!("an object (`{}`)", table.name), value.kind()));
        };
        let levels = deeper(levels, value)?;
        let mut read = Self {
            levels,
            ..Self::of(table, vec![None; table.members.len()])
        };
        let count = table.members.len();
        let mut next = 0;
        for (key, text) in members(json) {
            let name = name(key)?;
            // Most objects have their members in the order of the schema.
            let known = (next..count).chain(0..next.min(count));
            let known = known.into_iter().find(|index| table.members[*index].name == name);
            let value = match known {
                None if !table.open => continue,
                _ => datum(text).map_err(|fault| fault.within(&name))?,
            };
            let Some(index) = known else {
                let value = Value::read(&value, levels).map_err(|fault| fault.within(&name))?;
                let additional = read.additional.get_or_insert_default();
                additional.insert(name.into_owned(), value);
                continue;
            };
            next = index + 1;
            if read.values[index].replace(value).is_some() {
                return Err(Fault::new(format!("an object with one member `{name}`"), "two"));
            }
        }
        Ok(read)
    }

    /// Returns the value of the next field; `None` if it is absent or has a different type.
    pub fn take<T: Data>(&mut self) -> Option<T> {
        let index = self.next;
        self.next += 1;
        let read = match self.values.get(index) {
            Some(Some(value)) => T::read(value, self.levels),
            _ => match T::absent() {
                Some(absent) => return Some(absent),
                None => Err(Fault::new("", "")),
            },
        };
        match read {
            Ok(value) => Some(value),
            Err(fault) => {
                self.fail(index, fault);
                None
            }
        }
    }

    /// Records the fault of a field. A fault without text means that the field is missing.
    fn fail(&mut self, index: usize, fault: Fault) {
        let name = self.table.members.get(index).map_or("", |member| member.name);
        self.fault = Some(if fault.found.is_empty() {
            Fault::new(format!("an object with the member `{name}`"), "an object")
        } else {
            fault.within(name)
        });
    }

    /// Returns the fault of the field that could not be read.
    pub(crate) fn fault(&mut self) -> Fault {
        let unknown = || Fault::new(format!("an object (`{}`)", self.table.name), "another");
        self.fault.take().unwrap_or_else(unknown)
    }

    /// Returns the members that are not in the table.
    #[must_use]
    pub fn additional(&mut self) -> Additional {
        self.additional.take().unwrap_or_default()
    }
}

/// Implements `Debug` for a struct with a table.
///
/// # Errors
/// The error of the formatter.
pub fn debug(
    table: &Table,
    values: &[&dyn fmt::Debug],
    additional: Option<&Additional>,
    formatter: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut shown = formatter.debug_struct(table.name);
    for (member, value) in table.members.iter().zip(values) {
        let field = member.field.trim_start_matches("r#");
        if member.secret {
            shown.field(field, &format_args!("redacted"));
        } else {
            shown.field(field, value);
        }
    }
    // If a member is secret, members that the schema does not know may be secret too.
    if let Some(additional) = additional.filter(|_| !table.members.iter().any(|member| member.secret)) {
        shown.field("additional", additional);
    }
    shown.finish()
}

/// Iterates over the members of a valid object: the keys as they are written, and the texts of the values.
pub(crate) fn members(json: &str) -> impl Iterator<Item = (&str, &str)> {
    let bytes = json.as_bytes();
    let mut at = blank(bytes, 1);
    std::iter::from_fn(move || {
        if bytes.get(at) == Some(&b'}') {
            return None;
        }
        let start = key(bytes, at)?;
        let end = skip(bytes, start)?;
        let name = json[at..start].trim_end_matches([' ', '\n', '\t', '\r', ':']);
        at = blank(bytes, end);
        if bytes.get(at) == Some(&b',') {
            at = blank(bytes, at + 1);
        }
        Some((name, &json[start..end]))
    })
}

/// Iterates over the items of a valid array.
pub(crate) fn items(json: &str) -> impl Iterator<Item = &str> {
    let bytes = json.as_bytes();
    let mut at = blank(bytes, 1);
    std::iter::from_fn(move || {
        if bytes.get(at) == Some(&b']') {
            return None;
        }
        let (start, end) = (at, skip(bytes, at)?);
        at = blank(bytes, end);
        if bytes.get(at) == Some(&b',') {
            at = blank(bytes, at + 1);
        }
        Some(&json[start..end])
    })
}

/// Returns the name that a key spells.
pub(crate) fn name(key: &str) -> Result<Cow<'_, str>, Fault> {
    let plain = key.get(1..key.len().saturating_sub(1)).unwrap_or_default();
    if !plain.contains('\\') {
        return Ok(Cow::Borrowed(plain));
    }
    let name = serde_json::from_str(key);
    name.map(Cow::Owned)
        .map_err(|_| Fault::new("valid Unicode names", "a name with a lone surrogate"))
}

impl Record for () {
    const TABLE: &'static Table = &Table {
        name: "()",
        open: false,
        members: &[],
    };

    fn build(_: &mut Members<'_>) -> Option<Self> {
        Some(())
    }

    fn views<'s>(&'s self, take: Take<'_, 's>) {
        take(&[], None);
    }
}
