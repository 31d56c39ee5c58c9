//! Level 4: rules against an external source or the contract. One file per rule.
