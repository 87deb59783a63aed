//! The layers that stages share, each with a typed view.
//!
//! A stage that writes one of these layers writes it through the view, and a stage that reads it
//! reads it so: then neither needs to know the other. An annotation that lacks what a view must have
//! (it came from a user's file, say) is passed over when read.
//!
//! | layer | an annotation is |
//! |---|---|
//! | [`sentences`] | a sentence |
//! | [`tokens`] | a word, number, punctuation mark or symbol; transient |
//! | [`entities`] | a mention of someone or something with a name |
//! | [`quotes`] | what someone said, with or without quotation marks |
//! | [`stances`] | the clause that shows a stance of a holder toward a target |

pub mod entities;
pub mod quotes;
pub mod sentences;
pub mod stances;
pub mod tokens;

/// A closed set of names, as features and labels hold them.
macro_rules! names {
    ($(#[$meta:meta])* $enum:ident { $($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $enum { $($(#[$doc])* $variant),+ }

        impl $enum {
            /// All of them.
            pub const ALL: &'static [$enum] = &[$($enum::$variant),+];

            /// Its name in documents.
            pub fn name(self) -> &'static str {
                match self { $($enum::$variant => $name),+ }
            }

            /// The one of this name.
            pub fn of_name(name: &str) -> Option<Self> {
                match name { $($name => Some($enum::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use names;
