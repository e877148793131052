//! Circles among the modules of a crate, found in its text: a module is a file, and an edge a path that begins with `crate::` or
//! `super::`. A parent that names its children is no circle, nor is test code.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A module by its path: `["resize", "axis"]`; the crate itself is empty.
type Module = Vec<String>;

/// The circles of a crate, each as a line of names, from the modules' code without comments.
pub(crate) fn circles(sources: &BTreeMap<Module, String>) -> BTreeSet<String> {
    let names: BTreeMap<&Module, BTreeMap<String, Module>> = sources
        .iter()
        .map(|(module, code)| (module, reexports(module, code, sources)))
        .collect();
    let edges: BTreeMap<&Module, BTreeSet<Module>> = sources
        .iter()
        .map(|(module, code)| {
            let targets = paths(module, code)
                .into_iter()
                .map(|(base, path)| resolve(base, &path, sources, &names))
                .filter(|target| target != module)
                .collect();
            (module, targets)
        })
        .collect();
    edges
        .keys()
        .filter_map(|start| shortest(start, &edges))
        .collect()
}

/// The module of a file under `src/`, by its parts: `resize/mod.rs` and `resize.rs` are one.
pub(crate) fn module(file: &[&str]) -> Module {
    let mut module: Module = file
        .iter()
        .map(|part| part.trim_end_matches(".rs").to_owned())
        .collect();
    if module
        .last()
        .is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str()))
    {
        module.pop();
    }
    module
}

/// The names that a module takes from its own children, and which child has each.
fn reexports(
    module: &Module,
    code: &str,
    sources: &BTreeMap<Module, String>,
) -> BTreeMap<String, Module> {
    let mut names = BTreeMap::new();
    for (at, _) in code.match_indices("use ") {
        let tree = code[at + 4..].split(';').next().unwrap_or_default();
        for path in expand(tree) {
            let child = [module.as_slice(), &path[..1]].concat();
            if let (true, Some(name)) = (sources.contains_key(&child), path.last()) {
                names.insert(name.clone(), descend(module.clone(), &path, sources));
            }
        }
    }
    names
}

/// As many parts of a path as are modules.
fn descend(mut module: Module, path: &[String], sources: &BTreeMap<Module, String>) -> Module {
    for part in path {
        let child = [module.as_slice(), std::slice::from_ref(part)].concat();
        if !sources.contains_key(&child) {
            break;
        }
        module = child;
    }
    module
}

/// The module that a path from `base` leads to, through names that modules take from their children.
fn resolve(
    base: Module,
    path: &[String],
    sources: &BTreeMap<Module, String>,
    names: &BTreeMap<&Module, BTreeMap<String, Module>>,
) -> Module {
    let depth = base.len();
    let found = descend(base, path, sources);
    path.get(found.len() - depth)
        .and_then(|name| names.get(&found)?.get(name))
        .cloned()
        .unwrap_or(found)
}

/// All paths of a file's code that begin with `crate::` or `super::`: the module each begins in, and its parts.
fn paths(module: &Module, code: &str) -> Vec<(Module, Vec<String>)> {
    let mut found = Vec::new();
    for (at, _) in code
        .match_indices("crate::")
        .chain(code.match_indices("super::"))
    {
        let before = code[..at].chars().next_back().unwrap_or(' ');
        if before.is_alphanumeric() || before == '_' || before == ':' || before == '$' {
            continue;
        }
        let mut rest = &code[at..];
        let mut base = if rest.starts_with("crate::") {
            Module::new()
        } else {
            [module.as_slice(), &inline_modules(&code[..at])].concat()
        };
        while let Some(behind) = rest.strip_prefix("super::") {
            base.pop();
            rest = behind;
        }
        let rest = rest.strip_prefix("crate::").unwrap_or(rest);
        for path in expand(tree(rest)) {
            found.push((base.clone(), path));
        }
    }
    found
}

/// The modules within the file that are still open at the end of `before`.
fn inline_modules(before: &str) -> Vec<String> {
    let mut open = Vec::new();
    for (at, _) in before.match_indices("mod ") {
        let Some((name, body)) = before[at + 4..].split_once(" {") else {
            continue;
        };
        let is_name = name
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_');
        let depth = body.chars().fold(1, |depth: i32, letter| match letter {
            '{' => depth + 1,
            '}' if depth > 0 => depth - 1,
            _ => depth,
        });
        if is_name && depth > 0 {
            open.push(name.to_owned());
        }
    }
    open
}

/// The text of a path, or of a tree of them in braces.
fn tree(code: &str) -> &str {
    let mut depth = 0;
    let end = code.find(|letter: char| {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        let part = letter.is_alphanumeric() || letter == '_' || letter == ':' || letter == '{';
        depth < 0 || (depth == 0 && !part && letter != '}')
    });
    &code[..end.unwrap_or(code.len())]
}

/// `a::{b, c::{self, d}}` as `a::b`, `a::c` and `a::c::d`.
fn expand(tree: &str) -> Vec<Vec<String>> {
    let Some((stem, inner)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        let parts = path.split("::").map(|part| part.trim().to_owned());
        let parts: Vec<String> = parts
            .filter(|part| !part.is_empty() && part != "self")
            .collect();
        return Vec::from_iter((!parts.is_empty()).then_some(parts));
    };
    let inner = inner.rsplit_once('}').map_or(inner, |(inner, _)| inner);
    let mut depth = 0;
    inner
        .split(|letter: char| {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0 && letter == ','
        })
        .filter(|branch| !branch.trim().is_empty())
        .flat_map(|branch| expand(&format!("{}{}", stem.trim(), branch.trim())))
        .collect()
}

/// The shortest way from `start` back to it, if there is one, told from its first name in order.
fn shortest(start: &Module, edges: &BTreeMap<&Module, BTreeSet<Module>>) -> Option<String> {
    let mut came: BTreeMap<&Module, &Module> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(here) = queue.pop_front() {
        for next in edges.get(here)? {
            if next == start {
                let mut way = vec![here];
                while let Some(before) = came.get(way[way.len() - 1]) {
                    way.push(before);
                }
                way.reverse();
                let first = (0..way.len()).min_by_key(|place| way[*place])?;
                way.rotate_left(first);
                let name = |module: &&Module| match module.as_slice() {
                    [] => "crate".to_owned(),
                    parts => parts.join("::"),
                };
                let names: Vec<String> = way.iter().chain(&way[..1]).map(name).collect();
                return Some(names.join(" -> "));
            }
            if next != start && !came.contains_key(next) {
                came.insert(next, here);
                queue.push_back(next);
            }
        }
    }
    None
}
