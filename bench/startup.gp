# The overhead over plain `true` of each candidate, from startup.csv in the working directory, as startup.svg.
set terminal svg size 900,560 dynamic font "sans,13" background "white"
set output "startup.svg"
set datafile separator ","
set title "Start-up of one command: overhead over the plain command, median of ".system("sed -n '2{s/^[^,]*,//;s/,.*//;p}' startup.csv")." rounds"
set logscale x
set xlabel "microseconds (logarithmic; whiskers: 10th to 90th percentile)"
set grid x
set key off
set style fill solid 0.8 border -1
set lmargin 22
set rmargin 6
rows = "< awk -F, 'NR == 2 { base = $3 } NR > 2 && $2 > 0 && $6 > 0 { low = $4 - base; print $1 \",\" $6 \",\" (low > 1 ? low : 1) \",\" $5 - base \",\" ($1 ~ /^sbx/ ? 2785122 : $1 ~ /^floor/ ? 8947848 : 12607546) }' startup.csv"
stats rows using 2 nooutput
count = STATS_records
set yrange [count:-1]
set ytics scale 0
set xrange [(STATS_min < 100 ? 10 : 100):*]
plot rows using 2:0:(STATS_min < 100 ? 10 : 100):2:($0-0.35):($0+0.35):5:ytic(1) with boxxyerror lc rgb variable, \
     rows using 2:0:3:4 with xerrorbars lc rgb "black" pt 0
