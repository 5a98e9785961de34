//! Macros that expansions use: the code for a struct or enum, from the names of its members.

/// Code for a struct of inputs or outputs.
#[doc(hidden)]
#[macro_export]
macro_rules! __record {
    ($name:ident { $($field:ident: $wire:literal $($flag:ident)*),* $(,)? }) => {
        $crate::__fields!($name, false, [$(($field, $wire, [$($flag)*]),)*], []);
    };
}

/// Code for a struct of an API object, which keeps the members that the schema does not name.
#[doc(hidden)]
#[macro_export]
macro_rules! __object {
    ($name:ident { $($field:ident: $wire:literal $($flag:ident)*),* $(,)? }) => {
        $crate::__fields!($name, true, [$(($field, $wire, [$($flag)*]),)*], [additional]);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __fields {
    ($name:ident, $open:literal, [$(($field:ident, $wire:literal, [$($flag:ident)*]),)*], [$($additional:ident)?]) => {
        impl $crate::__private::Record for $name {
            const TABLE: &'static $crate::__private::Table = &$crate::__private::Table {
                name: ::std::stringify!($name),
                open: $open,
                members: &[$($crate::__private::Member::new(::std::stringify!($field), $wire)$(.$flag())*),*],
            };

            #[allow(unused_variables)]
            fn build(members: &mut $crate::__private::Members<'_>) -> ::std::option::Option<Self> {
                ::std::option::Option::Some(Self {
                    $($field: members.take()?,)*
                    $($additional: members.additional(),)?
                })
            }

            fn views<'s>(&'s self, take: $crate::__private::Take<'_, 's>) {
                take(
                    &[$($crate::__private::Data::view(&self.$field)),*],
                    $crate::__additional!(self $($additional)?),
                );
            }
        }

        // Derived, rustc would have another trait to check for each type: types of patterns.
        #[automatically_derived]
        impl ::std::cmp::PartialEq for $name {
            #[allow(unused_variables)]
            fn eq(&self, other: &Self) -> bool {
                true $(&& self.$field == other.$field)* $(&& self.$additional == other.$additional)?
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::__private::debug(
                    <Self as $crate::__private::Record>::TABLE,
                    &[$(&self.$field),*],
                    $crate::__additional!(self $($additional)?),
                    formatter,
                )
            }
        }

        $crate::__serde!($name);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __additional {
    ($this:ident) => {
        ::std::option::Option::None
    };
    ($this:ident $additional:ident) => {
        ::std::option::Option::Some(&$this.$additional)
    };
}

/// What allows a type to be in a `Box`. All of `Box` cannot be allowed: any crate may implement [`Record`] for its own types
/// in a `Box`.
///
/// [`Record`]: super::members::Record
#[doc(hidden)]
#[macro_export]
macro_rules! __boxed {
    ($name:ident) => {
        impl $crate::__private::Data for ::std::boxed::Box<$name> {
            fn read(
                value: &$crate::__private::Datum<'_>,
                levels: usize,
            ) -> ::std::result::Result<Self, $crate::__private::Fault> {
                <$name as $crate::__private::Data>::read(value, levels).map(Self::new)
            }

            fn view(&self) -> $crate::__private::View<'_> {
                $crate::__private::Data::view(&**self)
            }
        }
    };
}

/// `Serialize` and `Deserialize` for a type that implements [`Data`](super::data::Data).
#[doc(hidden)]
#[macro_export]
macro_rules! __serde {
    ($name:ident) => {
        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::__private::serialize(self, serializer)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::__private::deserialize(deserializer)
            }
        }
    };
}

/// A constructor. With `into`, a parameter takes every type that converts into the type of the field.
#[doc(hidden)]
#[macro_export]
macro_rules! __constructor {
    ($(#[$doc:meta])* $name:ident($($field:ident: [$($into:ident)?] $of:ty),* $(,)?) { $($other:ident),* $(,)? }) => {
        impl $name {
            $(#[$doc])*
            #[allow(clippy::too_many_arguments)]
            #[must_use]
            pub fn new($($field: $crate::__taken!($($into)? $of)),*) -> Self {
                Self {
                    $($field: $crate::__kept!($($into)? $field),)*
                    $($other: ::std::default::Default::default(),)*
                }
            }
        }
    };
}

/// Setters of optional fields.
#[doc(hidden)]
#[macro_export]
macro_rules! __setters {
    ($name:ident { $($(#[$doc:meta])* $method:ident $field:ident: [$($into:ident)?] $of:ty),* $(,)? }) => {
        impl $name {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $method(mut self, $field: $crate::__taken!($($into)? $of)) -> Self {
                    self.$field = ::std::option::Option::Some($crate::__kept!($($into)? $field));
                    self
                }
            )*
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __taken {
    (into $of:ty) => { impl ::std::convert::Into<$of> };
    ($of:ty) => { $of };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __kept {
    (into $value:ident) => {
        $value.into()
    };
    ($value:ident) => {
        $value
    };
}

/// A struct for the inputs that are known so far: the fields of another struct, all optional.
#[doc(hidden)]
#[macro_export]
macro_rules! __partial {
    (
        $(#[$meta:meta])*
        $name:ident of $whole:ident {
            $($(#[$doc:meta])* $field:ident: [$($into:ident)?] $of:ty = $wire:literal [$($flag:ident)*]),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Default)]
        pub struct $name {
            $($(#[$doc])* pub $field: ::std::option::Option<$of>,)*
        }

        impl $name {
            /// Creates inputs without any values.
            #[must_use]
            pub fn new() -> Self {
                ::std::default::Default::default()
            }

            $(
                /// Sets the input.
                #[must_use]
                pub fn $field(mut self, $field: $crate::__taken!($($into)? $of)) -> Self {
                    self.$field = ::std::option::Option::Some($crate::__kept!($($into)? $field));
                    self
                }
            )*
        }

        impl ::std::convert::From<$whole> for $name {
            #[allow(unused_variables)]
            fn from(inputs: $whole) -> Self {
                Self {
                    $($field: inputs.$field.into(),)*
                }
            }
        }

        $crate::__fields!($name, false, [$(($field, $wire, [$($flag)*]),)*], []);
    };
}

/// Code for a string enum with known values only.
#[doc(hidden)]
#[macro_export]
macro_rules! __choice {
    ($name:ident { $($variant:ident: $wire:literal),* $(,)? }) => {
        $crate::__chosen!($name, [$(($variant, $wire),)*], []);
    };
}

/// Code for a string enum that also allows other values.
#[doc(hidden)]
#[macro_export]
macro_rules! __open_choice {
    ($name:ident { $($variant:ident: $wire:literal),* $(,)? }) => {
        $crate::__chosen!($name, [$(($variant, $wire),)*], [Other]);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __chosen {
    ($name:ident, [$(($variant:ident, $wire:literal),)*], [$($other:ident)?]) => {
        impl $name {
            /// Returns the value as it is written in JSON.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    $(Self::$other(other) => other,)?
                }
            }
        }

        impl $crate::__private::Data for $name {
            fn read(
                value: &$crate::__private::Datum<'_>,
                _: usize,
            ) -> ::std::result::Result<Self, $crate::__private::Fault> {
                let text = $crate::__private::choice(value)?;
                ::std::result::Result::Ok(match text {
                    $($wire => Self::$variant,)*
                    $(_ => Self::$other(::std::string::String::from(text)),)?
                    #[allow(unreachable_patterns)]
                    _ => return ::std::result::Result::Err($crate::__private::no_choice(&[$($wire),*])),
                })
            }

            fn view(&self) -> $crate::__private::View<'_> {
                $crate::__private::View::Text(self.as_str())
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        $crate::__serde!($name);
    };
}

/// The enum of the error responses that a description declares for a step.
#[doc(hidden)]
#[macro_export]
macro_rules! __errors {
    (
        $(#[$meta:meta])*
        $name:ident of $workflow:path, $step:literal { $($status:literal $variant:ident($of:ty)),* $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = ::std::concat!("Status `", $status, "`")]
                $variant($of),
            )*
        }

        impl $crate::ErrorResponse for $name {
            const WORKFLOW: &'static str = <$workflow as $crate::Workflow>::ID;
            const STEP: &'static str = $step;
            const STATUSES: &'static [&'static str] = &[$($status),*];

            fn read(status: &str, body: &str) -> ::std::option::Option<Self> {
                match status {
                    $($status => $crate::__private::read_text(body).map(Self::$variant),)*
                    _ => ::std::option::Option::None,
                }
            }
        }
    };
}

/// Code for an enum of names in the document: inputs.
#[doc(hidden)]
#[macro_export]
macro_rules! __names {
    ($name:ident { $($variant:ident: $wire:literal),* $(,)? }) => {
        impl $name {
            /// All values, in the order of the document.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the name in the document.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $wire,)*
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(self.name())
            }
        }
    };
}

/// Code for an enum of names in the document: the steps of a workflow.
#[doc(hidden)]
#[macro_export]
macro_rules! __steps {
    ($name:ident of $workflow:ident { $($variant:ident: $wire:literal),* $(,)? }) => {
        $crate::__names!($name { $($variant: $wire),* });

        impl ::std::convert::From<$name> for $crate::StepName {
            fn from(step: $name) -> Self {
                Self {
                    file: <$workflow as $crate::Workflow>::DOCUMENT,
                    workflow: <$workflow as $crate::Workflow>::ID,
                    step: step.name(),
                }
            }
        }
    };
}
