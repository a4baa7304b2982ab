"""How far the values in a network are from where ReLU and max pooling change slope.

There two programs that round differently take different slopes, and both are right.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


def kink_margin(model: nn.Module, images: Tensor) -> float:
    """Return the least distance to a kink while `model` computes `images`.

    That is the least magnitude of what a ReLU reads, and the least lead of the
    largest positive value in a window of max pooling over the second largest. Windows
    of zeros, which ReLU leaves behind, have no slope whichever is taken.
    """
    margins: list[Tensor] = []

    def at_relu(_: nn.Module, inputs: tuple[Tensor], __: Tensor) -> None:
        margins.append(inputs[0].abs().min())

    def at_pooling(module: nn.Module, inputs: tuple[Tensor], __: Tensor) -> None:
        planes = inputs[0].flatten(0, 1)[:, None]
        windows = functional.unfold(
            planes, module.kernel_size, padding=module.padding, stride=module.stride
        )
        largest, second = windows.topk(2, dim=1).values.unbind(1)
        leads = (largest - second)[largest > 0]
        if len(leads) > 0:
            margins.append(leads.min())

    handles = []
    for module in model.modules():
        if isinstance(module, nn.ReLU):
            handles.append(module.register_forward_hook(at_relu))
        elif isinstance(module, nn.MaxPool2d):
            handles.append(module.register_forward_hook(at_pooling))
    with torch.no_grad():
        model(images)
    for handle in handles:
        handle.remove()
    return float(torch.stack(margins).min())
