//! Stable names of what can go wrong, for scripts and pages: one per case, whatever its text says. docs/interface.md
//! lists them.

/// Gives an error a label per case, and the list of its labels. What only passes another error on has the label of that
/// one.
macro_rules! labels {
    ($error:ty { $($case:pat => $label:literal,)+ } $(passes { $($passed:pat => $inner:expr,)+ })?) => {
        impl $error {
            /// The labels of its own cases.
            pub const LABELS: &'static [&'static str] = &[$($label),+];

            /// What scripts know this case by; it never changes.
            #[must_use]
            pub fn label(&self) -> &'static str {
                match self {
                    $($case => $label,)+
                    $($($passed => $inner.label(),)+)?
                }
            }
        }
    };
}
pub(crate) use labels;
