# Source this before the Python scripts: one thread that does not spin, and a heap that is kept between steps
# (without the three MALLOC lines every step pays thousands of page faults and takes half as long again).
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 OMP_WAIT_POLICY=passive
export MALLOC_MMAP_THRESHOLD_=33000000 MALLOC_TRIM_THRESHOLD_=8000000000 MALLOC_TOP_PAD_=256000000
export TORCHINDUCTOR_COMPILE_THREADS=1 TOKENIZERS_PARALLELISM=false
export PYTHONDONTWRITEBYTECODE=1 HF_HUB_OFFLINE=1
