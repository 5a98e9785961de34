//! Values that can be written.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{SerializeMap as _, SerializeSeq as _, Serializer};
use serde_json::Value;

use super::data::Data;
use super::members::Fields;
use crate::blob::Blob;

/// A value for writing.
#[derive(Clone, Copy)]
pub enum View<'a> {
    /// An absent value: null, or a member that is left out.
    Absent,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A signed integer.
    I64(i64),
    /// An unsigned integer.
    U64(u64),
    /// A floating-point number.
    F64(f64),
    /// A string.
    Text(&'a str),
    /// Any JSON value.
    Value(&'a Value),
    /// Binary data.
    Blob(&'a Blob),
    /// An array.
    List(&'a dyn List),
    /// An object with any members.
    Map(&'a dyn Map),
    /// An object with the members of a struct.
    Record(&'a dyn Fields),
    /// An object with one member.
    Tagged(&'static str, &'a dyn Data),
}

/// An array that can be written.
pub trait List {
    /// Returns the number of items.
    fn length(&self) -> usize;
    /// Returns an item.
    fn item(&self, index: usize) -> View<'_>;
}

/// An object with any members that can be written.
pub trait Map {
    /// Returns the members.
    fn entries(&self) -> Vec<(&str, View<'_>)>;
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Absent | Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(value),
            Self::I64(value) => serializer.serialize_i64(value),
            Self::U64(value) => serializer.serialize_u64(value),
            Self::F64(value) => serializer.serialize_f64(value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Value(value) => value.serialize(serializer),
            Self::Blob(value) => value.serialize(serializer),
            Self::List(list) => {
                let mut sequence = serializer.serialize_seq(Some(list.length()))?;
                for index in 0..list.length() {
                    sequence.serialize_element(&list.item(index))?;
                }
                sequence.end()
            }
            Self::Map(map) => serializer.collect_map(map.entries()),
            Self::Record(fields) => {
                let mut result = None;
                let mut serializer = Some(serializer);
                fields.views(&mut |views, additional| {
                    if let Some(serializer) = serializer.take() {
                        result = Some(write_record(fields, views, additional, serializer));
                    }
                });
                result.unwrap_or_else(|| Err(serde::ser::Error::custom("a struct without members")))
            }
            Self::Tagged(tag, value) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(tag, &value.view())?;
                map.end()
            }
        }
    }
}

pub(super) fn write_record<S: Serializer>(
    fields: &dyn Fields,
    views: &[View<'_>],
    additional: Option<&BTreeMap<String, Value>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for (member, view) in fields.table().members.iter().zip(views) {
        if member.always || !matches!(view, View::Absent) {
            map.serialize_entry(member.name, view)?;
        }
    }
    for (name, value) in additional.into_iter().flatten() {
        map.serialize_entry(name, value)?;
    }
    map.end()
}

/// Writes a value. A binary format contains its JSON text.
///
/// # Errors
/// The error of the serializer.
pub fn serialize<S: Serializer>(value: &dyn Data, serializer: S) -> Result<S::Ok, S::Error> {
    let view = value.view();
    if serializer.is_human_readable() {
        return view.serialize(serializer);
    }
    let text = serde_json::to_string(&view).map_err(serde::ser::Error::custom)?;
    serializer.serialize_str(&text)
}
