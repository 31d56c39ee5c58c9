//! From a history that fails to the smallest one that still does.

use super::spec::{Inhoud, Stap};

/// Leaves out steps, then parts of messages, as long as it still fails.
pub fn shrink(history: Vec<Stap>, fails: &dyn Fn(&[Stap]) -> bool) -> Vec<Stap> {
    let mut smallest = history;
    loop {
        let before = smallest.clone();
        smallest = fewer_steps(smallest, &mut |steps| fails(steps));
        smallest = smaller_steps(smallest, fails);
        if smallest == before {
            return smallest;
        }
    }
}

/// Leaves out ever smaller runs of whatever the list is of.
pub fn fewer_steps<T: Clone>(list: Vec<T>, fails: &mut dyn FnMut(&[T]) -> bool) -> Vec<T> {
    let mut smallest = list;
    let mut size = smallest.len() / 2;
    while size > 0 {
        let mut from = 0;
        while from < smallest.len() {
            let until = (from + size).min(smallest.len());
            let fewer = [&smallest[..from], &smallest[until..]].concat();
            if fails(&fewer) {
                smallest = fewer;
            } else {
                from += size;
            }
        }
        size /= 2;
    }
    smallest
}

fn smaller_steps(history: Vec<Stap>, fails: &dyn Fn(&[Stap]) -> bool) -> Vec<Stap> {
    let mut smallest = history;
    for place in 0..smallest.len() {
        let mut part = 0;
        while let Some(smaller) = without(&smallest[place], part) {
            let mut fewer = smallest.clone();
            fewer[place] = smaller;
            if fails(&fewer) {
                smallest = fewer;
            } else {
                part += 1;
            }
        }
    }
    smallest
}

/// The step without one of its parts; none when there is no such part, or it is the last one.
fn without(step: &Stap, part: usize) -> Option<Stap> {
    fn drop_part<T>(list: &mut Vec<T>, part: usize) -> Option<()> {
        (list.len() > 1 && part < list.len()).then(|| drop(list.remove(part)))
    }
    let mut step = step.clone();
    let bericht = match &mut step {
        Stap::Bericht(_, bericht) => bericht,
        Stap::Contract(contract) => {
            drop_part(&mut contract.regels, part)?;
            return Some(step);
        }
        Stap::Nogmaals(..) => return None,
    };
    match &mut bericht.inhoud {
        Inhoud::Jw301 { producten, .. } => drop_part(producten, part)?,
        Inhoud::Jw323(declaratie) => drop_part(&mut declaratie.prestaties, part)?,
        Inhoud::Jw305 { starts: meldingen, .. } | Inhoud::Jw307 { stops: meldingen, .. } => {
            drop_part(meldingen, part)?;
        }
        Inhoud::Jw315 { producten, .. } => drop_part(producten, part)?,
        Inhoud::Jw317(wijziging) => drop_part(&mut wijziging.blijft, part)?,
    }
    Some(step)
}
