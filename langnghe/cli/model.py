"""The commands that train the model and measure its quality."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from langnghe.cli.session import Session
from langnghe.core.errors import NotReadyError
from langnghe.core.settings import read_settings, shipped_configs


def train(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option(help="Thư mục các bộ dữ liệu huấn luyện.", exists=True, file_okay=False),
    ] = None,
    with_reviews: Annotated[
        Path | None, typer.Option(help="Tệp quyết định của người xét duyệt: chỉ dạy thêm các nhãn.")
    ] = None,
    checkpoint: Annotated[
        str | None, typer.Option(help="Mô hình gốc, thay cho thiết lập train.checkpoint.")
    ] = None,
    open_data: Annotated[
        bool, typer.Option("--open-data", help="Chỉ dùng dữ liệu có giấy phép mở.")
    ] = False,
    share: Annotated[
        float,
        typer.Option(
            help="Phần dữ liệu đọc qua: ít hơn thì nhanh hơn, kém hơn.", min=0.01, max=1.0
        ),
    ] = 1.0,
    work: Annotated[
        Path | None, typer.Option(help="Nơi để kết quả từng bước; chạy lại thì làm tiếp từ đó.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Ghi mô hình vào thư mục này, không so với mức sàn."),
    ] = None,
) -> None:
    """Huấn luyện mô hình; chỉ nhận bản mới nếu không chỉ số nào dưới mức sàn."""
    from langnghe.classifier.neural import SHIPPED, NeuralClassifier

    session: Session = context.obj
    if with_reviews is not None:
        from langnghe.classifier.training.reviews import run_with_reviews

        model = session.home.require().model
        raise typer.Exit(
            run_with_reviews(with_reviews, SHIPPED, model, NeuralClassifier.load, session.out, data)
        )
    if data is None:
        raise typer.BadParameter("cần --data, hoặc --with-reviews", param_hint="--data")
    try:
        from langnghe.classifier.training.run import run_training
    except ImportError as error:
        raise NotReadyError(
            f"Thiếu gói {error.name} để huấn luyện. Hãy cài theo docs/models.md, mục «Train it»."
        ) from None
    home = session.home if output else session.home.require()
    configs = home.configs if home.exists() else shipped_configs()
    raise typer.Exit(
        run_training(
            data,
            checkpoint or read_settings(configs / "settings.yaml").train.checkpoint,
            work or home.root / "training",
            output,
            home.model,
            open_only=open_data,
            share=share,
            console=session.out,
        )
    )


def evaluate(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option(help="Thư mục các bộ dữ liệu ngoài dự án.", exists=True, file_okay=False),
    ] = None,
    update_floors: Annotated[bool, typer.Option(help="Nâng mức sàn theo kết quả đo.")] = False,
    reason: Annotated[str | None, typer.Option(help="Lý do, khi hạ một mức sàn.")] = None,
    misses: Annotated[bool, typer.Option(help="In các chỗ che sót trong phần được xem.")] = False,
) -> None:
    """Đo chất lượng mô hình, che thông tin cá nhân, nhận địa bàn; so với mức sàn."""
    from langnghe.evaluation import run_evaluation

    session: Session = context.obj
    code = run_evaluation(
        data,
        update_floors=update_floors,
        reason=reason,
        console=session.out,
        show_misses=misses,
    )
    raise typer.Exit(code)
