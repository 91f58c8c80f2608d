//! A loss in parts. Each part's gradient is computed separately and its graph freed before the next is built,
//! so the memory of a step is that of its largest part.

use candle_core::backprop::GradStore;
use candle_core::{Result, Tensor, Var, bail};

/// A sum of weighted loss terms and its gradients.
pub(super) struct LossGraph {
    /// The unweighted terms by name; equal names are added up.
    pub scalars: Vec<(&'static str, f32)>,
    /// The weighted sum.
    pub total: f32,
    variables: Vec<Var>,
    gradients: GradStore,
}

impl LossGraph {
    /// Creates an empty loss with the terms `names` at zero, which collects gradients to `variables`. More
    /// terms can be added later.
    pub(super) fn new<const N: usize>(names: [&'static str; N], variables: Vec<Var>) -> Self {
        let scalars = names.map(|name| (name, 0.0)).to_vec();
        Self { scalars, total: 0.0, variables, gradients: GradStore::default() }
    }

    /// Adds terms (name, weight, value) that share a graph.
    ///
    /// # Errors
    /// When a term is not a scalar or the device fails.
    pub(super) fn add(&mut self, terms: &[(&'static str, f64, Tensor)]) -> Result<()> {
        let mut sum: Option<Tensor> = None;
        for (name, weight, term) in terms {
            let value = term.to_scalar::<f32>()?;
            self.total += *weight as f32 * value;
            match self.scalars.iter_mut().find(|(known, _)| known == name) {
                Some((_, sum)) => *sum += value,
                None => self.scalars.push((name, value)),
            }
            let term = (term * *weight)?;
            sum = Some(sum.map_or(Ok(term.clone()), |sum| sum + &term)?);
        }
        sum.map_or(Ok(()), |sum| self.backward(&sum))
    }

    fn backward(&mut self, sum: &Tensor) -> Result<()> {
        let mut found = sum.backward()?;
        // candle also computes and keeps gradients to constants; keep only those to `variables`, without
        // their own graphs.
        let mut collected = GradStore::default();
        for var in &self.variables {
            if let Some(gradient) = found.remove(var) {
                collected.insert(var, gradient.detach());
            }
        }
        self.gradients.extend(collected)
    }

    /// A variable with the value of `value` but without its graph; [`LossGraph::backprop_through`] continues
    /// its gradient.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn detached(&mut self, value: &Tensor) -> Result<Var> {
        let given = Var::from_tensor(&value.detach())?;
        self.variables.push(given.clone());
        Ok(given)
    }

    /// Continues the gradient of `given` to the parameters behind it, by computing its value again with
    /// `make`.
    ///
    /// # Errors
    /// When no term depends on it.
    pub(super) fn backprop_through(
        &mut self,
        given: &Var,
        make: impl FnOnce() -> Result<Tensor>,
    ) -> Result<()> {
        let Some(counts) = self.gradients.get(given).cloned() else {
            bail!("no loss term depends on the detached variable");
        };
        self.backward(&(make()? * counts)?.sum_all()?)
    }

    /// The value of the term `name`, or 0.
    pub(super) fn scalar(&self, name: &str) -> f32 {
        self.scalars.iter().find(|(known, _)| *known == name).map_or(0.0, |(_, value)| *value)
    }

    /// The gradients of all terms so far.
    pub(super) fn gradients(&self) -> &GradStore {
        &self.gradients
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    #[test]
    fn the_parts_have_the_gradients_of_the_whole() -> Result<()> {
        let variable = |values: [f32; 2]| Var::from_tensor(&Tensor::new(&values, &Device::Cpu)?);
        let (x, unused) = (variable([2.0, -3.0])?, variable([1.0, 1.0])?);
        let mut graph = LossGraph::new(["square"], vec![x.clone(), unused.clone()]);
        graph.add(&[("square", 0.5, x.sqr()?.sum_all()?), ("sum", 2.0, x.sum_all()?)])?;
        graph.add(&[("square", 1.0, (x.as_tensor() * 3.0)?.sum_all()?)])?;
        assert_eq!(graph.scalars, [("square", 13.0 - 3.0), ("sum", -1.0)]);
        assert_eq!(graph.total, 6.5 - 2.0 - 3.0);
        let of_x = |graph: &LossGraph| -> Result<Option<Vec<f32>>> {
            graph.gradients().get(&x).map(Tensor::to_vec1::<f32>).transpose()
        };
        assert_eq!(of_x(&graph)?, Some(vec![2.0 + 2.0 + 3.0, -3.0 + 2.0 + 3.0]));
        assert_eq!(graph.gradients().get_ids().count(), 1, "gradients to constants are dropped");

        // The square of the square in two parts: 4 x^3 is added to the existing gradient.
        let square = graph.detached(&x.sqr()?)?;
        graph.add(&[("again", 1.0, square.sqr()?.sum_all()?)])?;
        assert_eq!(of_x(&graph)?, Some(vec![7.0, 2.0]), "the value is detached so far");
        graph.backprop_through(&square, || x.sqr())?;
        assert_eq!(of_x(&graph)?, Some(vec![7.0 + 32.0, 2.0 - 108.0]));
        assert!(graph.backprop_through(&unused, || Ok(unused.as_tensor().clone())).is_err());
        Ok(())
    }
}
