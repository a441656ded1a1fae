//! The switches for faults.

use crate::inspector::faults::{Fault, Faults};
use leptos::prelude::*;

/// A switch for each fault in its current position.
pub fn faults(faults: &Faults) -> impl IntoView + use<> {
    let switches = Fault::ALL.map(|fault| {
        let is_on = faults.is_on(fault);
        view! {
            <li>
                <form method="post" action="/inspector/faults" data-into="faults">
                    <input type="hidden" name="fault" value=fault.as_str() />
                    <input type="hidden" name="on" value=(!is_on).to_string() />
                    <button
                        type="submit"
                        class="switch"
                        role="switch"
                        id=format!("fault-{fault}")
                        aria-checked=is_on.to_string()
                        aria-describedby=format!("about-{fault}")
                    >
                        {fault.title()}
                    </button>
                </form>
                <p id=format!("about-{fault}")>{fault.explanation()}</p>
            </li>
        }
    });
    view! { <ul class="faults">{switches}</ul> }
}
