"""Reports over stored cases: payment types, DRG beside DIP, effect of the reform, fund efficiency."""
