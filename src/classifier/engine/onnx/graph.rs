//! Graphs changed: cut down to what leads to a tensor, names kept apart from others'.

use std::collections::{BTreeSet, HashMap};

use tract_onnx::pb::{GraphProto, NodeProto, ValueInfoProto};

use super::check::subgraphs;

/// Leaves only what `tensor` is computed from, and makes it the one output.
///
/// # Errors
/// Gives the reason where no node makes it.
pub(super) fn keep_what_leads_to(graph: &mut GraphProto, tensor: &str) -> Result<(), String> {
    let makers: HashMap<&str, usize> = graph
        .node
        .iter()
        .enumerate()
        .flat_map(|(index, node)| node.output.iter().map(move |name| (name.as_str(), index)))
        .collect();
    if !makers.contains_key(tensor) {
        return Err(format!("no node of the network gives a tensor {tensor:?}"));
    }
    let mut wanted = BTreeSet::from([tensor.to_owned()]);
    let mut nodes = BTreeSet::new();
    let mut open = vec![tensor.to_owned()];
    while let Some(name) = open.pop() {
        let Some(index) = makers.get(name.as_str()) else { continue };
        if nodes.insert(*index) {
            let inputs = inputs_of(&graph.node[*index]).into_iter();
            open.extend(inputs.filter(|input| wanted.insert(input.clone())));
        }
    }
    let mut index = 0..;
    graph.node.retain(|_| index.next().is_some_and(|index| nodes.contains(&index)));
    graph.initializer.retain(|weights| wanted.contains(&weights.name));
    graph.input.retain(|input| wanted.contains(&input.name));
    graph.value_info.clear();
    graph.output = vec![ValueInfoProto { name: tensor.to_owned(), ..Default::default() }];
    Ok(())
}

/// Names of the tensors that a node takes, also those that its branches and bodies refer to.
fn inputs_of(node: &NodeProto) -> Vec<String> {
    let mut names = node.input.clone();
    let within = node.attribute.iter().flat_map(subgraphs);
    for graph in within {
        names.extend(graph.node.iter().flat_map(inputs_of));
        names.extend(graph.output.iter().map(|output| output.name.clone()));
    }
    names
}

/// Puts `prefix` before the name of every node and tensor, so that what is added cannot clash with
/// them. Empty names stand for inputs that are left out, and stay.
pub(super) fn put_before_names(graph: &mut GraphProto, prefix: &str) {
    let rename = |name: &mut String| {
        if !name.is_empty() {
            name.insert_str(0, prefix);
        }
    };
    let values = graph.input.iter_mut().chain(&mut graph.output).chain(&mut graph.value_info);
    values.for_each(|value| rename(&mut value.name));
    graph.initializer.iter_mut().for_each(|weights| rename(&mut weights.name));
    for node in &mut graph.node {
        rename(&mut node.name);
        node.input.iter_mut().chain(&mut node.output).for_each(rename);
        for attribute in &mut node.attribute {
            let within = attribute.g.iter_mut().chain(&mut attribute.graphs);
            within.for_each(|graph| put_before_names(graph, prefix));
        }
    }
}
