"""Export small PyTorch networks to ONNX by both exporters, with what PyTorch finds.

For each case of `networks/cases.py`: `<name>.torchscript.onnx` and
`<name>.dynamo.onnx`, in float32 as exporters write it, and `<name>.safetensors` with

    input.<name>        inputs in the order of `forward` (float32 or int64)
    targets             what the loss compares with, unless the network has the loss
    param.<name>        parameters, float32
    vector.<name>       a vector over all parameters, float32
    expected.loss       scalar, float64 like all that follows
    expected.grad.<name>
    expected.hvp.<name>

and a JSON text under "config" in its metadata. All expected values are computed in
float64 from the very float32 parameters of the files, without exporters or ONNX.

Every parameter value of a network is another float32 number, so that a reader can
tell where each number of an ONNX file came from, however the exporter has
transposed, cut or joined the weights. Fresh networks are the exception: see `fresh`
in `networks/cases.py`.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import io
import json
import logging
import math
import warnings
from pathlib import Path

import onnx
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from networks.cases import CASES, Case, loss_of

EXPORTERS = ("torchscript", "dynamo")
Blocks = dict[str, Tensor]


def draw_parameters(module: nn.Module, generator: torch.Generator) -> None:
    """Draw all parameters, no two numbers alike, and BatchNorm's statistics."""
    seen: set[float] = set()

    def fresh(shape: torch.Size, centre: float, deviation: float) -> Tensor:
        flat = centre + deviation * torch.randn(math.prod(shape), generator=generator)
        for index in range(flat.numel()):
            while float(flat[index]) in seen:
                flat[index] = centre + deviation * torch.randn((), generator=generator)
            seen.add(float(flat[index]))
        return flat.view(shape)

    norms = (nn.LayerNorm, nn.GroupNorm, nn.BatchNorm1d, nn.BatchNorm2d)
    scales = {
        id(part.weight) for part in module.modules() if isinstance(part, norms)
    }
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if id(parameter) in scales or "norm.weight" in name or "gamma" in name:
                parameter.copy_(fresh(parameter.shape, 1.0, 0.2))
            elif parameter.dim() < 2:
                parameter.copy_(fresh(parameter.shape, 0.0, 0.3))
            else:
                fan_in = parameter[0].numel()
                parameter.copy_(fresh(parameter.shape, 0.0, min(0.6, fan_in**-0.5)))
        for name, buffer in module.named_buffers():
            if name.endswith("running_mean"):
                buffer.copy_(0.3 * torch.randn(buffer.shape, generator=generator))
            if name.endswith("running_var"):
                buffer.copy_(0.5 + torch.rand(buffer.shape, generator=generator))


class HardSigmoid(nn.Module):
    """PyTorch's hard sigmoid as a composition: its own has no second derivative."""

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.hardtanh(x + 3, 0.0, 6.0) / 6


class HardSwish(HardSigmoid):
    """x times its hard sigmoid."""

    def forward(self, x: Tensor) -> Tensor:
        return x * super().forward(x)


def make_differentiable(module: nn.Module) -> None:
    """Replace the activations that PyTorch cannot differentiate twice."""
    for name, child in module.named_children():
        if isinstance(child, nn.Hardsigmoid):
            setattr(module, name, HardSigmoid())
        elif isinstance(child, nn.Hardswish):
            setattr(module, name, HardSwish())
        else:
            make_differentiable(child)


class Reference:
    """Loss, gradient and Hessian products of a case in float64."""

    def __init__(self, case: Case, module: nn.Module, batch: dict[str, Tensor]) -> None:
        exact = copy.deepcopy(module).double().eval()
        make_differentiable(exact)
        inputs = {
            name: value.double() if value.is_floating_point() else value
            for name, value in batch.items()
        }
        targets = inputs.pop("targets", None)
        self.parameters = dict(exact.named_parameters())
        # The fused kernels of attention have no second derivative.
        with sdpa_kernel(SDPBackend.MATH):
            loss = loss_of(case.loss, exact(*inputs.values()), targets)
        self.loss = loss.detach()
        gradients = torch.autograd.grad(
            loss,
            list(self.parameters.values()),
            create_graph=True,
            materialize_grads=True,
        )
        self.gradients: Blocks = dict(zip(self.parameters, gradients, strict=True))

    def hvp(self, vector: Blocks) -> Blocks:
        """Return the Hessian's product with a vector over all parameters."""
        products = torch.autograd.grad(
            list(self.gradients.values()),
            list(self.parameters.values()),
            grad_outputs=[vector[name].double() for name in self.gradients],
            retain_graph=True,
            materialize_grads=True,
        )
        return dict(zip(self.parameters, products, strict=True))


def check_symmetry(reference: Reference, left: Blocks, right: Blocks) -> None:
    """Assert <u, H v> = <H u, v>."""
    ahead, back = reference.hvp(right), reference.hvp(left)
    one = sum(float((left[name].double() * ahead[name]).sum()) for name in ahead)
    other = sum(float((back[name] * right[name].double()).sum()) for name in back)
    scale = math.sqrt(sum(float(part.pow(2).sum()) for part in ahead.values()))
    size = math.sqrt(sum(float(part.pow(2).sum()) for part in left.values()))
    assert abs(one - other) <= 1e-11 * scale * size, f"asymmetric: {one} and {other}"


def export(case: Case, module: nn.Module, batch: dict[str, Tensor], path: Path) -> None:
    """Write the ONNX file of the exporter that the file's name says."""
    inputs = {name: value for name, value in batch.items() if name != "targets"}
    has_norm = any(
        isinstance(part, nn.modules.batchnorm._BatchNorm) for part in module.modules()
    )
    module.train(case.training)
    arguments = tuple(inputs.values())
    if path.name.endswith("dynamo.onnx"):
        batch_axis = torch.export.Dim("batch")
        shapes = tuple({0: batch_axis} for _ in inputs) if case.dynamic_batch else None
        with contextlib.redirect_stdout(io.StringIO()):
            torch.onnx.export(
                module,
                arguments,
                str(path),
                dynamo=True,
                external_data=False,
                input_names=list(inputs),
                dynamic_shapes=shapes,
                # Otherwise BatchNorm is folded into the layer before it.
                optimize=case.folds and not has_norm,
                verbose=False,
            )
    else:
        mode = torch.onnx.TrainingMode
        kept = mode.PRESERVE if has_norm else mode.EVAL
        torch.onnx.export(
            module,
            arguments,
            str(path),
            dynamo=False,
            input_names=list(inputs),
            dynamic_axes={name: {0: "batch"} for name in inputs}
            if case.dynamic_batch
            else None,
            training=mode.TRAINING if case.training else kept,
            do_constant_folding=case.folds and not case.training,
        )
    module.eval()
    leave_out_places(path)


def leave_out_places(path: Path) -> None:
    """Take the stack traces out of a file: they name folders of this machine."""
    model = onnx.load(str(path))

    def keep(entries: list[onnx.StringStringEntryProto]) -> list:
        places = ("stack_trace", "namespace", "class_hierarchy", "fx_node")
        return [entry for entry in entries if not entry.key.endswith(places)]

    graph = model.graph
    for part in (model, graph, *graph.node, *graph.value_info, *graph.input, *graph.output):
        if part.metadata_props:
            entries = keep(list(part.metadata_props))
            del part.metadata_props[:]
            part.metadata_props.extend(entries)
        part.doc_string = ""
    onnx.save(model, str(path))


def write_case(case: Case, directory: Path, seed: int) -> None:
    """Write all files of a case."""
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    module = case.build().eval()
    if not case.fresh:
        draw_parameters(module, generator)
    batch = case.draw(generator)

    def vector() -> Blocks:
        return {
            name: torch.ones(parameter.shape)
            if case.fresh
            else torch.randn(parameter.shape, generator=generator)
            for name, parameter in module.named_parameters()
        }

    left, right = vector(), vector()
    reference = Reference(case, module, batch)
    check_symmetry(reference, left, right)
    tensors = {"expected.loss": reference.loss}
    if "targets" in batch:
        tensors["targets"] = batch["targets"]
    groups = {
        "input": {name: value for name, value in batch.items() if name != "targets"},
        "param": dict(module.named_parameters()),
        "vector": right,
        "expected.grad": reference.gradients,
        "expected.hvp": reference.hvp(right),
    }
    for prefix, blocks in groups.items():
        tensors |= {f"{prefix}.{name}": value for name, value in blocks.items()}
    config = {
        "case": case.name,
        "loss": case.loss,
        "inputs": [name for name in batch if name != "targets"],
        "parameters": list(reference.parameters),
        "training": case.training,
        "fresh": case.fresh,
        "torch": torch.__version__,
        "seed": seed,
    }
    owned = {
        name: value.detach().contiguous().clone() for name, value in tensors.items()
    }
    save_file(owned, directory / f"{case.name}.safetensors", {"config": json.dumps(config)})
    for exporter in EXPORTERS:
        export(case, module, batch, directory / f"{case.name}.{exporter}.onnx")
    count = sum(parameter.numel() for parameter in module.parameters())
    sizes = [path.stat().st_size for path in directory.glob(f"{case.name}.*")]
    print(f"{case.name}: {count} parameters, {sum(sizes) / 1000:.0f} kB", flush=True)


def main() -> None:
    """Write all cases, or those named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", help="names of cases; all unless given")
    parser.add_argument("--out", type=Path, default=Path("test/fixtures/onnx"))
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    for case in CASES:
        if not options.cases or case.name in options.cases:
            write_case(case, options.out, options.seed)


if __name__ == "__main__":
    main()
