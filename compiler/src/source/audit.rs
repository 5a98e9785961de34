//! Checks for things that YAML allows and this compiler does not: duplicate keys, and aliases that expand too far.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::error::{Problem, SyntaxError};
use super::limit;
use super::node::{Data, Member, Node, Range, Style};

/// Returns the tree with only the first of several members with the same key.
pub(super) fn with_first_keys(node: &Node, seen: &mut HashMap<*const Node, Arc<Node>>) -> Node {
    let data = match &node.data {
        Data::Link(target) => {
            let key = Arc::as_ptr(target);
            let known = seen.get(&key).cloned();
            Data::Link(known.unwrap_or_else(|| {
                let target = Arc::new(with_first_keys(target, seen));
                seen.insert(key, Arc::clone(&target));
                target
            }))
        }
        Data::Array(items) => Data::Array(items.iter().map(|item| with_first_keys(item, seen)).collect()),
        Data::Object(members) => {
            let mut keys = HashSet::with_capacity(members.len());
            let first = members.iter().filter(|member| keys.insert(&*member.key));
            let members = first.map(|member| Member {
                key: member.key.clone(),
                key_range: member.key_range,
                value: with_first_keys(&member.value, seen),
            });
            Data::Object(members.collect())
        }
        other => other.clone(),
    };
    Node { data, ..*node }
}

/// Refuses duplicate keys, and aliases that expand beyond the limits. Returns the number of nodes and the depth of
/// `node` once aliases are followed.
pub(super) fn audit(
    node: &Node,
    seen: &mut HashMap<*const Node, (u64, u32)>,
    errors: &mut Vec<SyntaxError>,
) -> (u64, u32) {
    let (nodes, depth) = match &node.data {
        Data::Link(target) => {
            let key = Arc::as_ptr(target);
            match seen.get(&key) {
                Some(&known) => known,
                None => {
                    let size = audit(target, seen, errors);
                    seen.insert(key, size);
                    size
                }
            }
        }
        Data::Array(items) => items.iter().fold((1, 0), |(nodes, depth), item| {
            let (more, deeper) = audit(item, seen, errors);
            (more.saturating_add(nodes), depth.max(deeper))
        }),
        Data::Object(members) => {
            duplicate_key(members, errors);
            members.iter().fold((1, 0), |(nodes, depth), member| {
                let (more, deeper) = audit(&member.value, seen, errors);
                (more.saturating_add(nodes), depth.max(deeper))
            })
        }
        _ => (1, 0),
    };
    let size = (nodes, depth.saturating_add(1));
    if (size.0 > limit::EXPANDED_NODES || size.1 > limit::EXPANDED_DEPTH)
        && errors.iter().all(|error| error.problem != Problem::LimitExceeded)
    {
        errors.push(SyntaxError {
            problem: Problem::LimitExceeded,
            message: format!(
                "the aliases in this node expand to more than {} nodes or {} levels",
                limit::EXPANDED_NODES,
                limit::EXPANDED_DEPTH
            ),
            range: node.range,
            related: None,
        });
    }
    size
}

/// Returns whether a tree has no links, no duplicate keys, and no blank block scalars, whose range depends on what
/// follows.
pub(super) fn is_plain_tree(node: &Node) -> bool {
    match &node.data {
        Data::Link(_) => false,
        Data::String(text) => node.style != Style::Block || !text.trim().is_empty(),
        Data::Array(items) => items.iter().all(is_plain_tree),
        Data::Object(members) => {
            let mut errors = Vec::new();
            duplicate_key(members, &mut errors);
            errors.is_empty() && members.iter().all(|member| is_plain_tree(&member.value))
        }
        _ => true,
    }
}

pub(super) fn duplicate_key(members: &[Member], errors: &mut Vec<SyntaxError>) {
    let report = |first: Range, second: &Member, errors: &mut Vec<SyntaxError>| {
        errors.push(SyntaxError {
            problem: Problem::DuplicateKey,
            message: format!("duplicate key `{}`", second.key),
            range: second.key_range,
            related: Some((first, "first defined here".to_owned())),
        });
    };
    if members.len() <= 8 {
        for (index, member) in members.iter().enumerate() {
            if let Some(first) = members[..index].iter().find(|first| first.key == member.key) {
                report(first.key_range, member, errors);
            }
        }
    } else {
        let mut seen: HashMap<&str, Range> = HashMap::with_capacity(members.len());
        for member in members {
            if let Some(&first) = seen.get(&*member.key) {
                report(first, member, errors);
            } else {
                seen.insert(&member.key, member.key_range);
            }
        }
    }
}
