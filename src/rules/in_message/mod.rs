//! Level 2: rules that can be judged within one message. One file per rule.
