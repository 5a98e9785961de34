//! The tree of a pattern, and properties of its parts.

use crate::class::Set;

/// A part of a pattern.
#[derive(Clone, Debug)]
pub enum Node {
    /// Matches the empty text.
    Empty,
    /// Never matches.
    Never,
    /// One character of a set, which is not empty.
    Set(Set),
    /// `^` and `$` without and with the flag `m`.
    Start,
    End,
    LineStart,
    LineEnd,
    /// `\b` and `\B`.
    Boundary {
        negated: bool,
        word: Set,
    },
    Sequence(Vec<Node>),
    Choice(Vec<Node>),
    Group {
        number: usize,
        inner: Box<Node>,
    },
    Repeat {
        min: u32,
        max: Option<u32>,
        greedy: bool,
        inner: Box<Node>,
    },
    Look {
        behind: bool,
        negated: bool,
        inner: Box<Node>,
    },
    /// A back-reference. It has more than one group if several groups share a name.
    Reference {
        groups: Vec<usize>,
        ignore_case: bool,
    },
    /// A back-reference to a group that has participated, or may have.
    Known {
        group: usize,
        certain: bool,
    },
}

impl Node {
    pub fn set(set: Set) -> Self {
        if set.ranges().is_empty() {
            Self::Never
        } else {
            Self::Set(set)
        }
    }

    pub fn sequence(nodes: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Self::Empty => {}
                Self::Never => return Self::Never,
                Self::Sequence(inner) => flat.extend(inner),
                node => flat.push(node),
            }
        }
        match flat.len() {
            0 => Self::Empty,
            1 => flat.remove(0),
            _ => Self::Sequence(flat),
        }
    }

    pub fn choice(nodes: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Self::Never => {}
                Self::Choice(inner) => flat.extend(inner),
                node => flat.push(node),
            }
        }
        if flat.len() > 1 && flat.iter().all(|node| matches!(node, Self::Set(_))) {
            let mut ranges = Vec::new();
            for node in &flat {
                if let Self::Set(set) = node {
                    ranges.extend_from_slice(set.ranges());
                }
            }
            return Self::Set(Set::new(ranges));
        }
        match flat.len() {
            0 => Self::Never,
            1 => flat.remove(0),
            _ => Self::Choice(flat),
        }
    }

    pub fn children(&self) -> &[Self] {
        match self {
            Self::Sequence(nodes) | Self::Choice(nodes) => nodes,
            Self::Group { inner, .. } | Self::Repeat { inner, .. } | Self::Look { inner, .. } => {
                std::slice::from_ref(inner)
            }
            _ => &[],
        }
    }

    /// Replaces each child of the node, and removes what is no longer needed.
    pub fn map(mut self, replace: &mut impl FnMut(Self) -> Self) -> Self {
        let children = match &mut self {
            Self::Sequence(nodes) | Self::Choice(nodes) => nodes.as_mut_slice(),
            Self::Group { inner, .. } | Self::Repeat { inner, .. } | Self::Look { inner, .. } => {
                std::slice::from_mut(&mut **inner)
            }
            _ => &mut [],
        };
        for child in children {
            *child = replace(std::mem::replace(child, Self::Empty));
        }
        match self {
            Self::Sequence(nodes) => Self::sequence(nodes),
            Self::Choice(nodes) => Self::choice(nodes),
            Self::Repeat {
                min,
                max,
                greedy,
                inner,
            } => repeat(min, max, greedy, *inner),
            Self::Group { inner, .. } if matches!(*inner, Self::Never) => Self::Never,
            Self::Look { negated, inner, .. } if matches!(*inner, Self::Never) => {
                if negated {
                    Self::Empty
                } else {
                    Self::Never
                }
            }
            Self::Look {
                negated: true, inner, ..
            } if inner.accepts_empty() => Self::Never,
            Self::Look { inner, .. }
                if inner.accepts_empty() && !inner.any(&|node| matches!(node, Self::Group { .. })) =>
            {
                Self::Empty
            }
            node => node,
        }
    }

    /// Returns whether the node or one of its parts satisfies `is`.
    pub fn any(&self, is: &impl Fn(&Self) -> bool) -> bool {
        is(self) || self.children().iter().any(|child| child.any(is))
    }

    pub fn is_deeper(&self, depth: usize) -> bool {
        depth == 0 || self.children().iter().any(|child| child.is_deeper(depth - 1))
    }

    /// Minimum number of characters that the node matches.
    pub fn min_width(&self) -> u64 {
        match self {
            Self::Set(_) => 1,
            Self::Sequence(nodes) => nodes.iter().map(Self::min_width).fold(0, u64::saturating_add),
            Self::Choice(nodes) => nodes.iter().map(Self::min_width).min().unwrap_or(0),
            Self::Group { inner, .. } => inner.min_width(),
            Self::Repeat { min, inner, .. } => inner.min_width().saturating_mul(u64::from(*min)),
            _ => 0,
        }
    }

    /// Maximum number of characters that the node matches; `None` without a limit.
    pub fn max_width(&self) -> Option<u64> {
        match self {
            Self::Set(_) => Some(1),
            Self::Sequence(nodes) => nodes
                .iter()
                .try_fold(0_u64, |sum, node| Some(sum.saturating_add(node.max_width()?))),
            Self::Choice(nodes) => nodes
                .iter()
                .try_fold(0_u64, |most, node| Some(most.max(node.max_width()?))),
            Self::Group { inner, .. } => inner.max_width(),
            Self::Repeat { max, inner, .. } => match (inner.max_width(), max) {
                (Some(0), _) => Some(0),
                (Some(width), Some(max)) => Some(width.saturating_mul(u64::from(*max))),
                _ => None,
            },
            Self::Reference { .. } | Self::Known { .. } => None,
            _ => Some(0),
        }
    }

    /// Number of leaves after every repetition is expanded.
    pub fn size(&self) -> u64 {
        let inner = self.children().iter().map(Self::size).fold(0, u64::saturating_add);
        match self {
            Self::Repeat { min, max, .. } => inner.saturating_mul(u64::from(max.unwrap_or(*min).max(1))),
            _ => inner.saturating_add(1),
        }
    }

    /// Returns whether the node matches only texts of one shape, so that each part has a fixed position.
    pub fn is_fixed(&self) -> bool {
        match self {
            Self::Choice(_) | Self::Look { .. } | Self::Reference { .. } | Self::Known { .. } => false,
            Self::Repeat { min, max, inner, .. } => Some(*min) == *max && inner.is_fixed(),
            node => node.children().iter().all(Self::is_fixed),
        }
    }

    /// Returns whether the node matches the empty text everywhere.
    pub fn accepts_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Sequence(nodes) => nodes.iter().all(Self::accepts_empty),
            Self::Choice(nodes) => nodes.iter().any(Self::accepts_empty),
            Self::Group { inner, .. } => inner.accepts_empty(),
            Self::Repeat { min, inner, .. } => *min == 0 || inner.accepts_empty(),
            _ => false,
        }
    }

    /// Returns the node without its empty match, if it can be empty and is simple enough.
    fn without_empty(&self) -> Option<Self> {
        if self.min_width() > 0 {
            return None;
        }
        match self {
            Self::Group { number, inner } => Some(Self::Group {
                number: *number,
                inner: Box::new(inner.without_empty()?),
            }),
            Self::Repeat {
                min: 0,
                max,
                greedy,
                inner,
            } if inner.min_width() > 0 => Some(repeat(1, *max, *greedy, (**inner).clone())),
            Self::Choice(nodes) => {
                let nodes = nodes.iter().filter(|node| node.max_width() != Some(0));
                let nodes = nodes.map(|node| {
                    if node.min_width() > 0 {
                        Some(node.clone())
                    } else {
                        node.without_empty()
                    }
                });
                nodes.collect::<Option<Vec<_>>>().map(Self::choice)
            }
            _ => None,
        }
    }

    /// Returns whether a repetition in the node can repeat the empty text.
    pub fn repeats_empty(&self) -> bool {
        self.any(&|node| matches!(node, Self::Repeat { inner, .. } if inner.min_width() == 0))
    }
}

/// Builds a repetition without empty iterations. After the minimum they are not allowed (ECMA-262, section 22.2.2.3.1),
/// so a repetition of the empty text is either nothing or its inner node.
fn repeat(min: u32, max: Option<u32>, greedy: bool, inner: Node) -> Node {
    match inner {
        _ if max == Some(0) => Node::Empty,
        Node::Never if min == 0 => Node::Empty,
        Node::Never => Node::Never,
        inner if inner.max_width() == Some(0) => {
            if min == 0 {
                Node::Empty
            } else {
                inner
            }
        }
        inner if (min, max) == (1, Some(1)) => inner,
        inner => {
            // One empty iteration is equivalent to none, but a lazy repetition tries it in another order.
            let none = min == 0 || (min == 1 && greedy && inner.accepts_empty());
            match inner.without_empty() {
                Some(inner) if none => Node::Repeat {
                    min: 0,
                    max,
                    greedy,
                    inner: Box::new(inner),
                },
                _ => Node::Repeat {
                    min,
                    max,
                    greedy,
                    inner: Box::new(inner),
                },
            }
        }
    }
}

/// Removes parts that match nothing or never match.
pub fn simplify(node: Node) -> Node {
    node.map(&mut simplify)
}
