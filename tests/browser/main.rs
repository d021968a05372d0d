mod tab;
