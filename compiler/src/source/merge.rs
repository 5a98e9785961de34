//! Merge keys.

use std::collections::HashSet;

use super::error::{Problem, SyntaxError};
use super::node::{Data, Member};
use super::yaml::{Builder, error};

impl Builder<'_> {
    /// Returns the members, with those of `<<` in its place. Explicit keys take precedence, followed by those of the
    /// first mapping in a list.
    pub(super) fn merged(&self, members: Vec<Member>) -> Result<Vec<Member>, SyntaxError> {
        let is_merge = |member: &Member| {
            let (start, end) = (member.key_range.start as usize, member.key_range.end as usize);
            let written = start.checked_sub(self.base).zip(end.checked_sub(self.base));
            // In quotes, it is a key like any other.
            &*member.key == "<<" && written.and_then(|(start, end)| self.text.get(start..end)) == Some("<<")
        };
        let Some(first) = members
            .iter()
            .find(|member| is_merge(member))
            .map(|member| member.key_range)
        else {
            return Ok(members);
        };
        let keys: HashSet<Box<str>> = members.iter().map(|member| member.key.clone()).collect();
        let mut all = Vec::with_capacity(members.len());
        let mut added: HashSet<Box<str>> = HashSet::new();
        for member in members {
            if !is_merge(&member) {
                all.push(member);
                continue;
            }
            if member.key_range != first {
                let mut error = error(member.key_range, "duplicate key `<<`");
                error.problem = Problem::DuplicateKey;
                error.related = Some((first, "first defined here".to_owned()));
                return Err(error);
            }
            let value = member.value.target();
            let sources = match &value.data {
                Data::Array(items) => items.iter().collect(),
                _ => vec![value],
            };
            for source in sources {
                let Data::Object(more) = &source.target().data else {
                    let message = "expected a mapping or a list of mappings after the merge key `<<`";
                    return Err(error(source.range, message));
                };
                for merged in more {
                    if !keys.contains(&merged.key) && added.insert(merged.key.clone()) {
                        all.push(merged.clone());
                    }
                }
            }
        }
        Ok(all)
    }
}
