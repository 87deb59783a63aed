//! Contains panics of plugins: a stage that panics fails one document, one that panics while it is
//! built cannot be used.

use std::{
    any::Any,
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

use crate::BuildError;

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Runs `work`; a panic in it comes back as its message, and nothing is written to standard error.
pub(crate) fn contain<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    HOOK.call_once(|| {
        let outer = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CONTAINED.get() {
                outer(info);
            }
        }));
    });
    let before = CONTAINED.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    CONTAINED.set(before);
    outcome.map_err(message)
}

/// The same for what makes a component: a panic comes back as an error.
pub(crate) fn contain_build<T>(
    work: impl FnOnce() -> Result<T, BuildError>,
) -> Result<T, BuildError> {
    contain(work).unwrap_or_else(|panic| {
        Err(BuildError::new(format!("it panicked: {panic}; report it to the plugin's author")))
    })
}

fn message(payload: Box<dyn Any + Send>) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_comes_back_as_its_message() {
        assert_eq!(contain(|| 1), Ok(1));
        let place = 7;
        assert_eq!(contain(|| -> () { panic!("at {place}") }), Err("at 7".to_owned()));
        assert_eq!(contain(|| -> () { panic!("plain") }), Err("plain".to_owned()));
    }
}
