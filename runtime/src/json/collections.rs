//! Options, lists and maps.

use std::collections::BTreeMap;

use super::data::{Data, datum, deeper, object};
use super::fault::Fault;
use super::members::{items, members};
use super::view::{List, Map, View};
use crate::json::datum::Datum;
use crate::json::scan::is_of_plain_strings;

impl<T: Data> Data for Option<T> {
    fn read(value: &Datum<'_>, levels: usize) -> Result<Self, Fault> {
        match value {
            Datum::Null => Ok(T::null()),
            other => T::read(other, levels).map(Some),
        }
    }

    fn check(value: &Datum<'_>, levels: usize) -> Result<(), Fault> {
        match value {
            Datum::Null => Ok(()),
            other => T::check(other, levels),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn null() -> Option<Self> {
        Some(None)
    }

    fn view(&self) -> View<'_> {
        match self {
            None => View::Absent,
            // For a nullable value, null and absence are different.
            Some(value) => match value.view() {
                View::Absent => View::Null,
                view => view,
            },
        }
    }
}

/// Reads the items of an array.
pub(super) fn each<'v>(
    value: &'v Datum<'_>,
    levels: usize,
    read: &mut dyn FnMut(&Datum<'v>, usize) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let Datum::Json(json) = value else {
        return Err(Fault::expected("an array", value));
    };
    if !json.starts_with('[') {
        return Err(Fault::expected("an array", value));
    }
    let levels = deeper(levels, value)?;
    for (index, item) in items(json).enumerate() {
        let item = datum(item).and_then(|item| read(&item, levels));
        item.map_err(|fault| fault.within(&index.to_string()))?;
    }
    Ok(())
}

impl<T: Data> Data for Vec<T> {
    fn read(value: &Datum<'_>, levels: usize) -> Result<Self, Fault> {
        let mut all = Self::new();
        each(value, levels, &mut |item, levels| {
            all.push(T::read(item, levels)?);
            Ok(())
        })?;
        Ok(all)
    }

    fn check(value: &Datum<'_>, levels: usize) -> Result<(), Fault> {
        // An array of strings without escapes is valid without reading each of them.
        if T::is_text() && matches!(value, Datum::Json(json) if is_of_plain_strings(json)) {
            return Ok(());
        }
        each(value, levels, &mut |item, levels| T::check(item, levels))
    }

    fn view(&self) -> View<'_> {
        View::List(self)
    }
}

impl<T: Data> List for Vec<T> {
    fn length(&self) -> usize {
        self.len()
    }

    fn item(&self, index: usize) -> View<'_> {
        self.get(index).map_or(View::Null, Data::view)
    }
}

impl<T: Data> Data for BTreeMap<String, T> {
    fn read(value: &Datum<'_>, levels: usize) -> Result<Self, Fault> {
        let Some(json) = object(value) else {
            return Err(Fault::expected("an object", value));
        };
        let levels = deeper(levels, value)?;
        let mut all = Self::new();
        entries(json, &mut |key, member| {
            all.insert(key, T::read(member, levels)?);
            Ok(())
        })?;
        Ok(all)
    }

    fn view(&self) -> View<'_> {
        View::Map(self)
    }
}

/// Reads the members of an object.
pub(super) fn entries(json: &str, read: &mut dyn FnMut(String, &Datum<'_>) -> Result<(), Fault>) -> Result<(), Fault> {
    for (key, member) in members(json) {
        let key = crate::json::members::name(key)?;
        let read = datum(member).and_then(|member| read(key.clone().into_owned(), &member));
        read.map_err(|fault| fault.within(&key))?;
    }
    Ok(())
}

impl<T: Data> Map for BTreeMap<String, T> {
    fn entries(&self) -> Vec<(&str, View<'_>)> {
        self.iter().map(|(key, value)| (key.as_str(), value.view())).collect()
    }
}
